import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSchema, introspectionFromSchema } from 'graphql';
import { openComponents } from 'recograph';
import { printSdl } from 'recograph/schema';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sdlFile = new URL('schema.graphql', import.meta.url);
const recograph = (...args: string[]) => {
  const node = ['--conditions=@recograph/source', '--import', 'tsx', 'cli/main.ts', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, node, { cwd: root, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
};

it('is what the kept SDL says, printed with and without a config', async () => {
  const printed = printSdl(await openComponents({}, root));
  await expect(printed).toMatchFileSnapshot(fileURLToPath(sdlFile));
  expect(recograph('schema', '--graphql', '--config', 'examples/movies/recograph.config.ts')).toBe(`${printed}\n`);
});

it('describes every type, field, argument, input and value', () => {
  const { __schema } = introspectionFromSchema(buildSchema(readFileSync(sdlFile, 'utf8')));
  const missing: string[] = [];
  const check = (path: string, of: { readonly description?: string | null | undefined }) => {
    if (!of.description) missing.push(path);
  };
  for (const type of __schema.types) {
    if (type.name.startsWith('__') || ['String', 'Int', 'Float', 'Boolean', 'ID'].includes(type.name)) continue;
    check(type.name, type);
    if (type.kind === 'ENUM' && !['JobStatus', 'JobKind', 'ComponentKind'].includes(type.name)) {
      for (const value of type.enumValues) check(`${type.name}.${value.name}`, value);
    }
    if (type.kind === 'INPUT_OBJECT') for (const field of type.inputFields) check(`${type.name}.${field.name}`, field);
    if (type.kind !== 'OBJECT' && type.kind !== 'INTERFACE') continue;
    for (const field of type.fields) {
      check(`${type.name}.${field.name}`, field);
      for (const arg of field.args) check(`${type.name}.${field.name}(${arg.name})`, arg);
    }
  }
  expect(missing).toEqual([]);
});
