/**
 * Compiles TypeScript and AssemblyScript into dist/, what has changed since the last time. `--kernels` builds only what
 * the sources need too: WASM kernels, tfjs's gradients.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (bin, ...args) => execFileSync(process.execPath, [bin, ...args], { cwd: root, stdio: 'inherit' });

const changedAt = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);
const newestIn = (folder) => Math.max(...readdirSync(folder).map((file) => changedAt(`${folder}/${file}`)));

const compile = (room, file, ...options) => {
  const assembly = `core/${room}/assembly`;
  if (newestIn(`${root}/${assembly}`) < changedAt(`${root}/dist/core/${room}/${file}`)) return;
  mkdirSync(`${root}/dist/core/${room}`, { recursive: true });
  const config = ['--config', `${assembly}/asconfig.json`, ...options];
  run('node_modules/assemblyscript/bin/asc.js', `${assembly}/index.ts`, ...config);
};
compile('math', 'kernels.wasm');
compile('runtime', 'kernels.wasm', '--target', 'backend');
compile('runtime', 'kernels-shared.wasm', '--target', 'own');
copyFileSync(`${root}/core/math/pool-worker.mjs`, `${root}/dist/core/math/pool-worker.mjs`);

// tfjs-core's Node bundle leaves its gradients out, and they lie beside it in a form that Node cannot load.
buildSync({
  stdin: { contents: "import '@tensorflow/tfjs-core/dist/register_all_gradients.js';", resolveDir: root },
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile: `${root}/dist/core/runtime/gradients.mjs`,
  absWorkingDir: root,
  logLevel: 'warning',
});

if (!process.argv.includes('--kernels')) {
  // What tsc remembers says nothing of what was deleted from dist/.
  if (!existsSync(`${root}/dist/cli/main.js`)) rmSync(`${root}/build.tsbuildinfo`, { force: true });
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
}
