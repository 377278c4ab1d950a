import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createJobLauncher } from '../../../core/kernel/jobs/launcher.ts';
import { filmsConfig, writeFilms } from '../../support/films.ts';

let folder: string;
let config: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recograph-launcher-'));
  await writeFilms(folder);
  config = join(folder, 'recograph.config.json');
  await writeFile(config, JSON.stringify(filmsConfig));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const launchersNow = (): number[] =>
  readdirSync('/proc').flatMap((pid) => {
    try {
      const parent = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      const mine =
        Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('launcher-process');
      return mine ? [Number(pid)] : [];
    } catch {
      return [];
    }
  });

it('runs jobs side by side, names a cancelled one, and is gone when closed', { timeout: 900_000 }, async () => {
  const launcher = createJobLauncher();
  launcher.start();
  expect(launchersNow()).toHaveLength(1);
  const cancelled = new AbortController();
  cancelled.abort();
  const never = new AbortController().signal;
  const [imported, stopped] = await Promise.allSettled([
    launcher.run(config, { kind: 'import' }, never, () => undefined),
    launcher.run(config, { kind: 'train' }, cancelled.signal, () => undefined),
  ]);
  expect(imported.status).toBe('fulfilled');
  expect(stopped).toMatchObject({ status: 'rejected', reason: { code: 'CANCELLED' } });
  await launcher.close();
  expect(launchersNow()).toEqual([]);
});

it('fails the jobs of a killed launcher, and starts the next by another', { timeout: 900_000 }, async () => {
  const launcher = createJobLauncher();
  launcher.start();
  const never = new AbortController().signal;
  const running = launcher.run(config, { kind: 'train' }, never, () => undefined);
  const [pid] = launchersNow();
  process.kill(pid!, 'SIGKILL');
  await expect(running).rejects.toMatchObject({ code: 'WORKER_FAILED' });
  await expect(launcher.run(config, { kind: 'import' }, never, () => undefined)).resolves.toBeDefined();
  await launcher.close();
});
