/**
 * Keeps the import table true: parses every source file and judges each import, export-from, `import()` and
 * `import('...')` type. `--root DIR` checks another tree. Fails on a breach, on a file that does not parse, and when it
 * read fewer files than git lists.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'vite';
import { breach } from './import-table.mjs';

const SOURCE = /\.(ts|mts|cts|tsx|js|mjs|cjs)$/;
const SKIPPED = new Set(['node_modules', 'dist', '.git', '.venv', 'coverage']);
/** AssemblyScript is another language, and a fixture may break the rules on purpose. */
const FOREIGN = /^core\/\w+\/assembly\//;

const walk = (root, folder = '') =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : walk(root, path);
    return SOURCE.test(entry.name) && !FOREIGN.test(path) ? [path] : [];
  });

const typesOnly = (kind, specifiers = []) =>
  kind === 'type' || (specifiers.length > 0 && specifiers.every((s) => (s.importKind ?? s.exportKind) === 'type'));

/** `{ specifier, how, offset }` of each import of a module's text. */
const importsOf = (path, text) => {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(errors[0].message);
  const found = [];
  const add = (source, how, node) => {
    if (typeof source?.value === 'string') found.push({ specifier: source.value, how, offset: node.start });
    else if (source?.type === 'TemplateLiteral' && source.expressions.length === 0) {
      found.push({ specifier: source.quasis[0].value.cooked, how, offset: node.start });
    }
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source, typesOnly(node.importKind, node.specifiers) ? 'type' : 'value', node),
    ExportNamedDeclaration: (node) =>
      add(node.source, typesOnly(node.exportKind, node.specifiers) ? 'type' : 'value', node),
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === 'type' ? 'type' : 'value', node),
    ImportExpression: (node) => add(node.source, 'dynamic', node),
    TSImportType: (node) => add(node.source ?? node.argument?.literal ?? node.argument, 'type', node),
    TSImportEqualsDeclaration: (node) => add(node.moduleReference?.expression, 'value', node),
  }).visit(program);
  return found;
};

const check = (root, path) => {
  const text = readFileSync(join(root, path), 'utf8');
  return importsOf(path, text).flatMap((found) => {
    const { specifier, offset } = found;
    const relative = specifier.startsWith('.');
    const target = relative ? posix.normalize(posix.join(posix.dirname(path), specifier)) : undefined;
    const line = text.slice(0, offset).split('\n').length;
    if (target?.startsWith('..')) return [`${path}:${line} imports ${specifier}: it lies outside the project`];
    const why = breach(path, found, target);
    return why === undefined ? [] : [`${path}:${line} imports ${specifier}: ${why}`];
  });
};

const rootAt = process.argv.indexOf('--root');
const root = rootAt > 0 ? process.argv[rootAt + 1] : fileURLToPath(new URL('..', import.meta.url));
const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((path) => SOURCE.test(path) && !FOREIGN.test(path));
const problems = [];
const read = new Set();
for (const path of walk(root)) {
  try {
    problems.push(...check(root, path));
    read.add(path);
  } catch (error) {
    problems.push(`${path} cannot be parsed: ${error.message}`);
  }
}
const unread = listed.filter((path) => !read.has(path));
if (unread.length > 0) problems.push(`git lists ${unread.length} files that were not read: ${unread.join(', ')}`);
if (listed.length === 0) problems.push('git lists no source file');
for (const problem of problems) console.error(problem);
console.error(`${read.size} files read, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
