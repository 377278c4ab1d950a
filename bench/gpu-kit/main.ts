/**
 * What the GPU kit's run.sh runs: `main [webgpu | tensorflow] [--scale S] [--no-speed]`. Prints a table of each check
 * and of the speed beside the CPU, writes the same as report-KIND.json, and ends with 1 where a check failed.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createRuntime, type RuntimeKind } from 'recograph';
import { compareModels } from './models.ts';
import { compareShapes } from './shapes.ts';
import { compareSpeed } from './speed.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scale: { type: 'string', default: '1' }, 'no-speed': { type: 'boolean', default: false } },
});
const kind = (positionals[0] ?? 'webgpu') as RuntimeKind;

const runtime = await createRuntime(kind);
const { device, version } = runtime.describe();
runtime.dispose();
console.log(`${kind} on ${device}, version ${version}; node ${process.version}\n`);

const shapes = await compareShapes(kind);
console.log('Networks beside plain JavaScript: losses within 1e-3, scores within 1e-4');
console.table(shapes);
const models = await compareModels(kind);
console.log('Models beside wasm: losses within 1e-3, scores within 1e-4');
console.table(models);
const speed = values['no-speed'] ? [] : await compareSpeed(kind, Number(values.scale));
if (speed.length > 0) {
  console.log('Training, interactions a second');
  console.table(speed);
}
writeFileSync(`report-${kind}.json`, `${JSON.stringify({ kind, device, version, shapes, models, speed }, null, 2)}\n`);

const failed = [...shapes, ...models].filter(({ ok }) => !ok).length;
console.log(`${shapes.length + models.length - failed} checks passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
