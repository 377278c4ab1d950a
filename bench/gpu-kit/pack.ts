/**
 * `npm run gpu-kit [-- FILE]`: everything that a Linux x64 machine with a GPU needs to check and time Recograph, in one
 * archive: node, Dawn, the built package with the modules that it reaches, loaders of drivers, run.sh. Needs `npm run build`.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { MODELS } from './models.ts';

const LARGEST_MEGABYTES = 60;
const WEBGPU = ['webgpu@0.6.2', '@tensorflow/tfjs-backend-webgpu@4.22.0'];
const root = fileURLToPath(new URL('../..', import.meta.url));
const archive = resolve(process.argv[2] ?? 'recograph-gpu-kit.tar.gz');
const work = mkdtempSync(join(tmpdir(), 'recograph-gpu-kit-'));
const kit = join(work, 'recograph-gpu-kit');
const types = [...new Set(MODELS.map(([type]) => type))];

/** Of the built-in plugins, only those that are checked. */
const fewPlugins: Plugin = {
  name: 'few-plugins',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^recograph\/plugins$/ }, () => ({ path: 'plugins', namespace: 'few' }));
    onLoad({ filter: /.*/, namespace: 'few' }, () => ({
      resolveDir: root,
      contents: `${types.map((type, k) => `import p${k} from 'recograph/plugins/${type}';`).join('\n')}
        export default [${types.map((_, k) => `p${k}`).join(', ')}];`,
    }));
  },
};

/** The kit's own sources as one file, at the package's root: its imports of `recograph` find the package itself. */
const bundleKit = async (): Promise<string> => {
  const outfile = join(root, 'dist', 'gpu-kit.mjs');
  await build({
    entryPoints: [join(root, 'bench/gpu-kit/main.ts')],
    plugins: [sourcesAsBuilt, fewPlugins],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile,
    logLevel: 'warning',
  });
  return outfile;
};

/** The kit's sources reach into core for the runtime; the package exports the same. */
const sourcesAsBuilt: Plugin = {
  name: 'sources-as-built',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/core\/runtime\/index\.ts$/ }, () => ({ path: 'recograph', external: true }));
  },
};

/** The files of the package and of its modules that `entry` reaches. */
const reachedFrom = async (entry: string): Promise<string[]> => {
  const { metafile } = await build({
    entryPoints: [entry, join(root, 'dist/core/math/pool-worker.mjs'), join(root, 'dist/core/runtime/gradients.mjs')],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    loader: { '.node': 'empty', '.wasm': 'empty' },
    outdir: work,
    absWorkingDir: root,
    logLevel: 'error',
    external: ['#kernels.wasm'],
  });
  return Object.keys(metafile.inputs);
};

const copy = (from: string, to: string): void => {
  mkdirSync(dirname(join(kit, to)), { recursive: true });
  cpSync(from, join(kit, to), { recursive: true, dereference: true });
};

/** `node_modules/@a/b/dist/x.js` -> `node_modules/@a/b`. */
const packageOf = (file: string): string | undefined => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];

const fetchWebgpu = (): string => {
  const folder = join(work, 'webgpu');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...WEBGPU], {
    cwd: folder,
    stdio: 'inherit',
  });
  return join(folder, 'node_modules');
};

/** The loaders that a GPU machine without graphics packages lacks; NVIDIA's Vulkan driver needs those of OpenGL, too. */
const LOADERS = [
  'libvulkan.so.1',
  'libEGL.so.1',
  'libGL.so.1',
  'libGLX.so.0',
  'libGLdispatch.so.0',
  'libOpenGL.so.0',
  'libGLESv2.so.2',
];

const copyLoaders = (): void => {
  const folders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib64'];
  const missing = LOADERS.filter((name) => {
    const path = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (path) copy(realpathSync(path), join('lib', name));
    return !path;
  });
  if (missing.length === 0) return;
  const debian = 'libvulkan1 libegl1 libgl1 libglx0 libglvnd0 libopengl0 libgles2';
  console.error(`Not here, so the GPU machine must have them: ${missing.join(', ')} (Debian: ${debian}).`);
};

const pack = async (): Promise<void> => {
  mkdirSync(kit);
  const entry = await bundleKit();
  const files = (await reachedFrom(relative(root, entry))).filter((file) => !file.endsWith('gpu-kit.mjs'));
  for (const file of files) if (existsSync(join(root, file))) copy(join(root, file), file);
  for (const folder of new Set(files.map(packageOf).filter((name) => name !== undefined))) {
    // Modules may load other files of theirs than a bundler finds; of tfjs's many builds one is enough.
    const wanted = folder.includes('@tensorflow')
      ? /^(package\.json|licen[cs]e.*)$/i
      : /(\.([cm]?js|json)|licen[cs]e.*)$/i;
    cpSync(join(root, folder), join(kit, folder), {
      recursive: true,
      filter: (from) => wanted.test(basename(from)) || statSync(from).isDirectory(),
    });
  }
  for (const room of ['math', 'runtime']) {
    for (const name of readdirSync(join(root, 'dist/core', room))) {
      if (/\.(wasm|mjs)$/.test(name)) copy(join(root, 'dist/core', room, name), join('dist/core', room, name));
    }
  }
  const wasm = 'node_modules/@tensorflow/tfjs-backend-wasm/dist';
  for (const name of readdirSync(join(root, wasm))) {
    if (name.endsWith('.wasm')) copy(join(root, wasm, name), join(wasm, name));
  }
  copy(join(root, 'package.json'), 'package.json');
  copy(join(root, 'LICENSE'), 'LICENSE');
  copy(entry, 'kit.mjs');
  rmSync(entry);
  const modules = fetchWebgpu();
  for (const part of ['package.json', 'index.js', 'LICENSE', 'dist/linux-x64']) {
    if (existsSync(join(modules, 'webgpu', part)))
      copy(join(modules, 'webgpu', part), join('node_modules/webgpu', part));
  }
  const backend = '@tensorflow/tfjs-backend-webgpu';
  for (const part of ['package.json', 'dist/tf-backend-webgpu.node.js']) {
    copy(join(modules, backend, part), join('node_modules', backend, part));
  }
  copy(realpathSync(process.execPath), 'node');
  execFileSync('strip', ['--strip-unneeded', join(kit, 'node')], { stdio: 'ignore' });
  copyLoaders();
  copy(join(root, 'bench/gpu-kit/run.sh'), 'run.sh');
  execFileSync('tar', ['-C', work, '-czf', archive, 'recograph-gpu-kit'], { stdio: 'inherit' });
  const megabytes = statSync(archive).size / 1e6;
  console.log(`${archive}: ${megabytes.toFixed(1)} MB. Unpack it, then ./recograph-gpu-kit/run.sh`);
  if (megabytes > LARGEST_MEGABYTES) throw new Error(`The kit is larger than ${LARGEST_MEGABYTES} MB.`);
};

try {
  await pack();
} finally {
  rmSync(work, { recursive: true, force: true });
}
