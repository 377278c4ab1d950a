/** `npm run example -- NAME`: runs an example of examples/ that prints what it sees. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [name] = process.argv.slice(2);
const main = `${root}/examples/${name}/main.ts`;
if (name === undefined || !existsSync(main)) {
  console.error(
    'npm run example -- NAME, where NAME is a folder of examples/ with a main.ts: ads, friends, sessions, shop.',
  );
  process.exit(2);
}
const node = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
if (!existsSync(`${root}/dist/cli/main.js`)) {
  const built = node('scripts/build.mjs');
  if (built !== 0) process.exit(built);
}
process.exit(node('--import', 'tsx', main));
