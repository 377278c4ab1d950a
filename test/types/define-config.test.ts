import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import builtins from 'recograph/plugins';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const builtinTypes = new Set<string>(
  builtins.flatMap((plugin) => plugin.components.map((component) => `"${component.type}"`)),
);

/** The compiler's complaints about the fixtures, one a line, continuation lines indented. */
const compile = () =>
  new Promise<string>((done) => {
    const tsc = 'node_modules/typescript/bin/tsc';
    execFile(process.execPath, [tsc, '-p', 'test/types/fixtures', '--pretty', 'false'], { cwd: root }, (_, stdout) =>
      done(stdout),
    );
  });

/** Messages must not change when a built-in plugin is added: what depends on them is left out. */
const withoutBuiltins = (text: string): string =>
  text
    .replace(/'((?:"[^"']+" \| )+"[^"']+")'/g, (_, union: string) => {
      const own = union.split(' | ').filter((member) => !builtinTypes.has(member));
      return `'${own.join(' | ') || '…'}'`;
    })
    .replace(/type '\{ use: .*\| \{.*\}'\.$/gm, "type '{ use: … }'.")
    .replace(/in type '(\(+\{|\{ plugins).*'\. Did/g, "in type '…'. Did")
    .replaceAll('test/types/fixtures/', '');

it('accepts valid configs and says at the wrong token what is wrong with the others', async () => {
  const messages = withoutBuiltins(await compile());
  expect(messages).not.toMatch(/^valid\.ts/m);
  await expect(messages).toMatchFileSnapshot('messages.txt');
}, 60_000);
