/** Compiles TypeScript and AssemblyScript into dist/. `--kernels` builds the WASM kernels alone. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (bin, ...args) => execFileSync(process.execPath, [bin, ...args], { cwd: root, stdio: 'inherit' });

const assembly = 'core/math/assembly/index.ts';
if (existsSync(`${root}/${assembly}`)) {
  mkdirSync(`${root}/dist/core/math`, { recursive: true });
  run('node_modules/assemblyscript/bin/asc.js', assembly, '--config', 'core/math/assembly/asconfig.json');
}
if (!process.argv.includes('--kernels')) {
  for (const folder of ['core', 'plugins', 'schema', 'cli']) {
    rmSync(`${root}/dist/${folder}/tsconfig.tsbuildinfo`, { force: true });
  }
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
}
