import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RecographError } from '../../spi/index.ts';
import { runtimeFolder } from '../optional-package.ts';
import { command, isThere } from './command.ts';
import { type Recipe, recipeFor } from './recipe.ts';

export interface InstallOptions {
  /** TensorFlow's CUDA 12 build; needs NVIDIA's libraries to see the device. */
  readonly gpu?: boolean;
  /** Default: RECOGRAPH_RUNTIME_DIR, else the user's cache folder. */
  readonly folder?: string;
  /** Gets one line before each step; the first says what is downloaded and how large it is. */
  readonly report?: (line: string) => void;
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
  const { gpu = false, folder = runtimeFolder(), report = () => undefined, signal } = options;
  const recipe = recipeFor(gpu);
  const done = (checked: { device: string; version: string }): InstalledRuntime => ({
    kind: 'tensorflow',
    ...checked,
    folder,
    seconds: (performance.now() - started) / 1000,
  });
  if (await isInstalled(folder, recipe)) return done(await selfCheck(folder, recipe, signal));
  await checkMachine();
  report(
    `downloads ${recipe.package} ${recipe.packageVersion} and ${recipe.wheel} ${recipe.wheelVersion}, ` +
      `${recipe.downloadMegabytes} MB; needs ${recipe.installedMegabytes} MB in ${folder}`,
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
    report(`fetching ${recipe.wheel} (${recipe.downloadMegabytes} MB)`);
    await fetchWheel(partial, recipe, signal);
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

const checkMachine = async (): Promise<void> => {
  const unavailable = (lacks: string, fix: string) =>
    new RecographError('RUNTIME_UNAVAILABLE', `runtime "tensorflow" cannot be installed: ${lacks}. ${fix}`);
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw unavailable(
      `it is there for linux x64, this is ${process.platform} ${process.arch}`,
      'Use runtime "webgpu" or "wasm".',
    );
  }
  const needed = ['g++', 'make', 'python3', 'pip', 'npm'];
  const present = await Promise.all(needed.map(isThere));
  const missing = needed.filter((_, k) => !present[k]);
  if (missing.length > 0) {
    throw unavailable(
      `these programs are missing: ${missing.join(', ')}`,
      'On Debian or Ubuntu run "apt-get install g++ make python3 python3-pip npm".',
    );
  }
};

/** The wheel through pip, which checks its hash against the index, unpacked into `wheel/`. */
const fetchWheel = async (folder: string, recipe: Recipe, signal: AbortSignal | undefined): Promise<void> => {
  const target = [
    '--python-version',
    '311',
    '--implementation',
    'cp',
    '--abi',
    'cp311',
    '--platform',
    'manylinux2014_x86_64',
  ];
  const wanted = `${recipe.wheel}==${recipe.wheelVersion}`;
  const download = ['download', '--no-deps', '--only-binary=:all:', ...target, '--dest', 'download', wanted];
  await command('pip', download, { cwd: folder, signal });
  const [file] = await readdir(join(folder, 'download'));
  await command('python3', ['-m', 'zipfile', '-e', join('download', file!), 'wheel'], { cwd: folder, signal });
  await rm(join(folder, 'download'), { recursive: true });
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
