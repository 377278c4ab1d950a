import { statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { createRecommender, openConfig, RecographError, type Recommender } from 'recograph';
import { createRuntime, doctorRuntime, type RuntimeCheck } from '../../core/runtime/index.ts';
import { configPath, type GlobalOptions } from '../context.ts';
import { createOutput } from '../output.ts';

const LOW_DISK_BYTES = 1_000_000_000;
const MARKS = { pass: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;

export const addDoctor = (own: Command): void => {
  own.action(async (_options: object, command: Command) => {
    const globals = command.optsWithGlobals<GlobalOptions>();
    const output = createOutput(globals.json);
    const file = optional(() => configPath(globals));
    const opened = file === undefined ? undefined : await attempt(() => openConfig(file));
    const runtime = await createRuntime(opened?.value?.config.runtime ?? 'auto');
    const checks = [nodeCheck(), ...(await doctorRuntime(runtime)), ...(await projectChecks(file, opened))];
    const { kind, device } = runtime;
    runtime.dispose();
    const ok = checks.every(({ status }) => status !== 'fail');
    output.result({ ok, runtime: { kind, device }, checks }, () =>
      checks
        .map(
          ({ name, status, detail, fix }) => `${MARKS[status]}  ${name}: ${detail}${fix ? `\n      fix: ${fix}` : ''}`,
        )
        .join('\n'),
    );
    if (!ok) process.exitCode = 1;
  });
};

const nodeCheck = (): RuntimeCheck => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 12);
  return {
    name: 'node',
    status: ok ? 'pass' : 'fail',
    detail: `${process.version}, ${availableParallelism()} cores`,
    fix: ok ? null : 'install Node.js 20.12 or newer',
  };
};

const projectChecks = async (
  file: string | undefined,
  opened: { value?: unknown; error?: unknown } | undefined,
): Promise<RuntimeCheck[]> => {
  if (file === undefined || !opened) {
    return [{ name: 'config', status: 'warn', detail: 'none here', fix: 'recograph init DIR, or give --config FILE' }];
  }
  if (opened.error) return [failed('config', opened.error, 'mend the config as it says')];
  const config: RuntimeCheck = { name: 'config', status: 'pass', detail: file, fix: null };
  const started = await attempt(() => createRecommender(file));
  if (!started.value) return [config, failed('store', started.error, 'see the message')];
  try {
    return [config, ...(await storeChecks(started.value))];
  } finally {
    await started.value.close();
  }
};

const storeChecks = async (recommender: Recommender): Promise<RuntimeCheck[]> => {
  const { events, items, users } = await recommender.store.counts();
  const { bavail, bsize } = await statfs(dirname(recommender.store.path));
  const free = bavail * bsize;
  const used = await recommender.diskUsage();
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const active = await recommender.store.activeBundle();
  const unlisted = await recommender.store.unlisted(3);
  const unweighed = await recommender.unweighed();
  const readable = active === undefined ? undefined : await attempt(() => recommender.activate(active, active));
  return [
    {
      name: 'store',
      status: events > 0 ? 'pass' : 'warn',
      detail: `${recommender.store.path}: ${events} events, ${items} items, ${users} users`,
      fix: events > 0 ? null : 'recograph import',
    },
    ...(events === 0
      ? []
      : [
          {
            name: 'event types',
            status: unweighed.length > 0 ? ('warn' as const) : ('pass' as const),
            detail:
              unweighed.length > 0
                ? `data.feedback does not name ${unweighed.join(', ')}: these events weigh nothing`
                : 'all of them weigh what data.feedback says',
            fix: unweighed.length > 0 ? 'give each a rule in data.feedback, or correct its name' : null,
          },
        ]),
    ...(unlisted.count === 0 || unlisted.count === items
      ? []
      : [
          {
            name: 'catalogue',
            status: 'warn' as const,
            detail: `${unlisted.count} of ${items} items are named by events and not in the catalogue: ${unlisted.ids.join(', ')}`,
            fix: 'import or upsert them, or see whether both files write ids alike; data.unlisted says what becomes of them',
          },
        ]),
    readable?.error
      ? failed('bundle', readable.error, 'recograph train, or recograph bundles rollback')
      : {
          name: 'bundle',
          status: active === undefined ? 'warn' : 'pass',
          detail: active === undefined ? 'nothing is trained yet' : `${active} is active and whole`,
          fix: active === undefined ? 'recograph train' : null,
        },
    ...(active === undefined ? [] : [servingCheck(await recommender.service.status())]),
    {
      name: 'disk',
      status: free < LOW_DISK_BYTES ? 'warn' : 'pass',
      detail: `${(free / 1e9).toFixed(1)} GB free beside the store; the database takes ${megabytes(used.database)}, bundles ${megabytes(used.bundles)}`,
      fix: free < LOW_DISK_BYTES ? 'free some space: a bundle is written whole before the old one goes' : null,
    },
  ];
};

/** Whether the active bundle answers, and by the config as it is now. */
const servingCheck = ({ bundle, notes }: Awaited<ReturnType<Recommender['service']['status']>>): RuntimeCheck => ({
  name: 'serving',
  status: notes.length > 0 ? 'warn' : 'pass',
  detail: notes.length > 0 ? notes.join(' ') : `${bundle} answers, trained by this config`,
  fix: notes.length > 0 ? 'recograph train' : null,
});

const failed = (name: string, error: unknown, fix: string): RuntimeCheck => ({
  name,
  status: 'fail',
  detail: error instanceof Error ? error.message : String(error),
  fix,
});

const attempt = async <T>(run: () => Promise<T>): Promise<{ value?: T; error?: unknown }> => {
  try {
    return { value: await run() };
  } catch (error) {
    return { error };
  }
};

const optional = <T>(run: () => T): T | undefined => {
  try {
    return run();
  } catch (error) {
    if (error instanceof RecographError && error.code === 'USAGE') return undefined;
    throw error;
  }
};
