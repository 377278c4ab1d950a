import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/check-imports.mjs', import.meta.url));
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const check = (files: Record<string, string>, unseen: readonly string[] = []) => {
  const root = mkdtempSync(join(tmpdir(), 'recograph-'));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  execFileSync('git', ['init', '-q'], { cwd: root });
  execFileSync('git', ['add', '-A'], { cwd: root });
  for (const path of unseen) rmSync(join(root, path));
  const { status, stderr } = spawnSync(process.execPath, [script, '--root', root], { encoding: 'utf8' });
  return { status, lines: stderr.trim().split('\n') };
};

it('passes what the table allows', () => {
  const { status, lines } = check({
    'core/spi/runtime.ts': "import type * as tfc from '@tensorflow/tfjs-core';\nimport type { z } from 'zod';",
    'core/data/csr.ts': "import { x } from '../spi/index.ts';\nimport { createHash } from 'node:crypto';",
    'core/registry/define.ts':
      "import type b from '../../plugins/index.ts';\nimport { z } from 'zod';\nawait import('recograph/plugins');",
    'core/kernel/container.ts': "import 'reflect-metadata';\nimport '../serving/x.ts';",
    'core/index.ts': "export * from './data/index.ts';",
    'core/testing/models.ts': "import { x } from 'recograph';\nimport '../math/index.ts';",
    'plugins/als/index.ts': "import { x } from 'recograph';\nimport { y } from './als.ts';\nimport z from 'lib';",
    'plugins/graphql-extra/index.ts': "import { x } from 'recograph/schema';",
    'plugins/index.ts': "import als from './als/index.ts';",
    'schema/index.ts': "import 'graphql';\nimport 'recograph';",
    'cli/main.ts': "import '../core/kernel/container.ts';\nimport 'typeorm';",
    'test/x.test.ts': "import '../plugins/als/als.ts';",
  });
  expect({ status, lines }).toEqual({ status: 0, lines: ['12 files read, 0 problems'] });
});

const BREACHES: readonly (readonly [folder: string, text: string, why: string])[] = [
  ['core/spi', "import { z } from 'zod';", 'types alone'],
  ['core/spi', "import { readFile } from 'node:fs';", 'knows no platform'],
  ['core/data', "import '../math/index.ts';", 'core/data may import core/spi'],
  ['core/data', "export { a } from '../registry/a.ts';", 'core/data may import core/spi'],
  ['core/data', "export * from '../registry/a.ts';", 'core/data may import core/spi'],
  ['core/data', "const a = await import('../registry/a.ts');", 'core/data may import core/spi'],
  ['core/data', "type A = import('../registry/a.ts').A;", 'core/data may import core/spi'],
  ['core/data', "import type { A } from '../registry/a.ts';", 'core/data may import core/spi'],
  ['core/data', "import { a } from 'recograph';", 'not public entries'],
  ['core/registry', "import builtins from '../../plugins/index.ts';", '`import type` alone'],
  ['core/registry', "import { type A, b } from '../../plugins/index.ts';", '`import type` alone'],
  ['core/registry', "import type als from '../../plugins/als/index.ts';", 'core/registry may import'],
  ['core/training', "import '../serving/x.ts';", 'core/training may import'],
  ['core/pipeline', "import { container } from 'tsyringe';", 'only core/kernel'],
  ['core/nn', "import * as tf from '@tensorflow/tfjs-core';", 'types alone'],
  ['core/training', "import 'graphql';", 'only schema'],
  ['core/kernel', "import '../../plugins/index.ts';", 'core alone'],
  ['core/testing', "import '../data/csr.ts';", 'public entries alone'],
  ['core/attic', "import '../spi/index.ts';", 'no room of the table'],
  ['plugins/als', "import '../bpr/index.ts';", 'its own files alone'],
  ['plugins/als', "import '../../core/math/index.ts';", 'its own files alone'],
  ['plugins/als', "import type { Tensor } from '@tensorflow/tfjs-core';", 'only core/runtime'],
  ['plugins/als', "import 'recograph/schema';", 'a plugin may import'],
  ['plugins/als', "import 'recograph/core/data/csr.js';", 'no public entry'],
  ['plugins/als', "import 'typeorm';", 'only plugins/store-typeorm'],
  ['schema', "import '../core/serving/x.ts';", 'public entries alone'],
  ['examples/movies', "import '../../core/index.ts';", 'by name'],
  ['core/data', "import '../../../elsewhere.ts';", 'outside the project'],
];

it('refuses every breach, with its place and the rule', () => {
  const file = (index: number) => `${BREACHES[index]?.[0]}/x${index}.ts`;
  const { status, lines } = check(Object.fromEntries(BREACHES.map(([, text], i) => [file(i), `\n${text}\n`])));
  expect(status).toBe(1);
  expect(lines).toHaveLength(BREACHES.length + 1);
  for (const [index, [, , why]] of BREACHES.entries()) {
    const line = lines.find((text) => text.startsWith(`${file(index)}:2 imports `));
    expect(line, file(index)).toContain(why);
  }
});

it('fails when a file cannot be parsed or was not read', () => {
  expect(check({ 'core/data/x.ts': 'import {' }).status).toBe(1);
  const { status, lines } = check({ 'core/data/x.ts': '', 'core/data/y.ts': '' }, ['core/data/y.ts']);
  expect(status).toBe(1);
  expect(lines[0]).toBe('git lists 1 files that were not read: core/data/y.ts');
});
