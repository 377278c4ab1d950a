/** Lint, types, then every test; ends with the line `N passed, N failed`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0;

const checks = [
  ['lint', () => node('node_modules/@biomejs/biome/bin/biome', 'check', '.')],
  ['imports', () => node('scripts/check-imports.mjs')],
  ['types', () => node('node_modules/typescript/bin/tsc', '--noEmit')],
];
const failedChecks = checks.filter(([name, run]) => {
  const ok = run();
  console.log(`${ok ? 'ok' : 'FAILED'}: ${name}`);
  return !ok;
});

const folder = mkdtempSync(join(tmpdir(), 'recograph-test-'));
const file = join(folder, 'results.json');
const filters = process.argv.slice(2);
const green = node(
  'node_modules/vitest/vitest.mjs',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${file}`,
  ...filters,
);
let passed = checks.length - failedChecks.length;
let failed = failedChecks.length;
try {
  const results = JSON.parse(readFileSync(file, 'utf8'));
  passed += results.numPassedTests;
  failed += results.numFailedTests;
  for (const suite of results.testResults) {
    if (suite.status === 'failed' && suite.assertionResults.length === 0) failed++;
  }
} catch {
  failed++;
}
rmSync(folder, { recursive: true, force: true });
if (!green && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
