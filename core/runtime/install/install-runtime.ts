import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RecographError, throwIfCancelled } from '../../spi/index.ts';
import { runtimeFolder } from '../optional-package.ts';
import { command } from './command.ts';
import { checkMachine } from './machine.ts';
import { downloadMegabytes, type Recipe, recipeFor } from './recipe.ts';
import { type DownloadProgress, fetchWheels } from './wheels.ts';

export interface InstallOptions {
  /** TensorFlow's CUDA 12 build; needs NVIDIA's libraries to see the device. */
  readonly gpu?: boolean;
  /** Default: RECOGRAPH_RUNTIME_DIR, else the user's cache folder. */
  readonly folder?: string;
  /** Gets one line before each step; the first says what is downloaded and how large it is. */
  readonly report?: (line: string) => void;
  /** How far the downloads are. */
  readonly progress?: DownloadProgress;
  readonly signal?: AbortSignal;
}

export interface InstalledRuntime {
  readonly kind: 'tensorflow';
  readonly device: string;
  readonly version: string;
  readonly folder: string;
  readonly seconds: number;
}

/** Stands in a folder that was installed whole. */
const MARK = 'recograph-runtime.json';

/**
 * Installs TensorFlow for Node into a folder of its own: tfjs-node from the npm registry without its install script,
 * the libraries from TensorFlow's Python wheel, and the addon built between them. Uses npm's and pip's own
 * configuration (registries, proxies, hash checks). Linux x64. A second call finds it there; a failed one leaves nothing.
 */
export const installRuntime = async (options: InstallOptions = {}): Promise<InstalledRuntime> => {
  const started = performance.now();
  const {
    gpu = false,
    folder = runtimeFolder(),
    report = () => undefined,
    progress = () => undefined,
    signal,
  } = options;
  const recipe = recipeFor(gpu);
  const done = (checked: { device: string; version: string }): InstalledRuntime => ({
    kind: 'tensorflow',
    ...checked,
    folder,
    seconds: (performance.now() - started) / 1000,
  });
  if (await isInstalled(folder, recipe)) return done(await selfCheck(folder, recipe, signal));
  await checkMachine();
  await removeAbandoned(folder);
  const wheels = recipe.wheels.map(({ name, version }) => `${name} ${version}`).join(', ');
  report(
    `downloads ${recipe.package} ${recipe.packageVersion}, ${wheels}: ${downloadMegabytes(recipe)} MB; ` +
      `needs ${recipe.installedMegabytes} MB in ${folder}`,
  );
  const partial = `${folder}.partial-${process.pid}`;
  try {
    await mkdir(partial, { recursive: true });
    await writeFile(join(partial, 'package.json'), '{"private":true}\n');
    report(`fetching ${recipe.package}`);
    const npm = [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `${recipe.package}@${recipe.packageVersion}`,
    ];
    await command('npm', npm, { cwd: partial, signal });
    report(`fetching ${wheels}`);
    await fetchWheels(partial, recipe.wheels, progress, signal);
    report('building the addon');
    await buildAddon(partial, recipe, signal);
    report('checking it');
    const checked = await selfCheck(partial, recipe, signal);
    await writeFile(join(partial, MARK), `${JSON.stringify(recipe)}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    return done(checked);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (signal) throwIfCancelled(signal);
    throw error;
  }
};

/** Deletes an installed runtime; false where there was none. Refuses a folder that `installRuntime` did not make. */
export const removeRuntime = async (folder = runtimeFolder()): Promise<boolean> => {
  if (!existsSync(folder)) return false;
  if (!existsSync(join(folder, MARK))) {
    throw new RecographError('INVALID_ARGUMENT', `${folder} was not made by "runtime install": it is left alone.`);
  }
  await rm(folder, { recursive: true });
  return true;
};

const isInstalled = async (folder: string, recipe: Recipe): Promise<boolean> =>
  (await readFile(join(folder, MARK), 'utf8').catch(() => '')).trim() === JSON.stringify(recipe);

/** Folders that an installation left behind which was killed outright. */
const removeAbandoned = async (folder: string): Promise<void> => {
  const prefix = `${basename(folder)}.partial-`;
  for (const name of await readdir(dirname(folder)).catch(() => [])) {
    if (!name.startsWith(prefix) || isRunning(Number(name.slice(prefix.length)))) continue;
    await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
};

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Headers and libraries where tfjs-node looks for them, then its own build. */
const buildAddon = async (folder: string, recipe: Recipe, signal: AbortSignal | undefined): Promise<void> => {
  const home = join(folder, 'node_modules', recipe.package);
  const wheel = join(folder, 'wheel', 'tensorflow');
  const include = join(home, 'deps', 'include');
  const lib = join(home, 'deps', 'lib');
  await mkdir(lib, { recursive: true });
  for (const part of ['tensorflow/c', 'tensorflow/core/platform', 'tsl', 'xla/tsl']) {
    const from = join(wheel, 'include', part);
    if (existsSync(from)) await cp(from, join(include, part), { recursive: true });
  }
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
    await rename(join(wheel, name), join(lib, name));
  }
  // The second name keeps tfjs-node's installer from downloading its own, older library.
  await symlink('libtensorflow_cc.so.2', join(lib, 'libtensorflow.so'));
  await symlink('libtensorflow_cc.so.2', join(lib, 'libtensorflow.so.2.9.1'));
  await symlink('libtensorflow_framework.so.2', join(lib, 'libtensorflow_framework.so'));
  // NVIDIA's libraries, where TensorFlow's look for them: $ORIGIN/../nvidia/*/lib.
  const nvidia = join(folder, 'wheel', 'nvidia');
  if (existsSync(nvidia)) await rename(nvidia, join(home, 'deps', 'nvidia'));
  await rm(join(folder, 'wheel'), { recursive: true });
  await command('npm', ['run', 'build-addon-from-source'], { cwd: home, signal });
};

/** Multiplies two matrices in a fresh process. */
const selfCheck = async (
  folder: string,
  recipe: Recipe,
  signal: AbortSignal | undefined,
): Promise<{ device: string; version: string }> => {
  const script = `
    const util = require('node:util');
    util.isNullOrUndefined ??= (value) => value == null;
    util.isArray ??= Array.isArray;
    const tf = require(${JSON.stringify(recipe.package)});
    const product = tf.matMul([[1, 2], [3, 4]], [[5, 6], [7, 8]]).dataSync().join();
    if (product !== '19,22,43,50') throw new Error('wrong product ' + product);
    const native = tf.backend();
    const device = native.isUsingGpuDevice ? 'cuda:0' : 'cpu (TensorFlow, oneDNN)';
    console.log(JSON.stringify({ device, version: native.binding.TF_Version }));`;
  const out = await command(process.execPath, ['-e', script], {
    cwd: folder,
    signal,
    env: { TF_CPP_MIN_LOG_LEVEL: '2', NODE_OPTIONS: '' },
  });
  return JSON.parse(out.trim().split('\n').at(-1)!) as { device: string; version: string };
};
