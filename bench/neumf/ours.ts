/** The same network on `recograph/nn`, the way a plugin writes it. */
import { createRng } from 'recograph/math';
import { bce, dense, lookup, mlp, normal, table, train } from 'recograph/nn';
import { createRuntime } from '../../core/runtime/index.ts';
import { batchOf, shape } from './shape.ts';

const runtime = await createRuntime((process.env.RECOGRAPH_RUNTIME as 'wasm' | undefined) ?? 'wasm');
const rng = createRng(1);
const init = normal(rng, 0.05);
const gmfUser = table('gmfUser', shape.users, shape.width, init);
const mlpUser = table('mlpUser', shape.users, shape.width, init);
const gmfItem = table('gmfItem', shape.items, shape.width, init);
const mlpItem = table('mlpItem', shape.items, shape.width, init);
const hidden = mlp('hidden', shape.mlp, rng);
const output = dense('output', shape.mlp.at(-1)! + shape.width, 1, rng);

let done = 0;
process.on('message', async (steps: number) => {
  const started = performance.now();
  const { losses } = await train({
    runtime,
    parameters: [gmfUser, mlpUser, gmfItem, mlpItem, ...hidden.parameters, ...output.parameters],
    optimizer: { kind: 'adam', learningRate: shape.learningRate },
    examples: steps * shape.batch,
    batchSize: shape.batch,
    epochs: 1,
    fit: { rng: createRng(done), signal: new AbortController().signal, report: () => undefined },
    batch: () => {
      const { users, items, labels } = batchOf(done++);
      return {
        gmfU: lookup(gmfUser, users),
        gmfI: lookup(gmfItem, items),
        mlpU: lookup(mlpUser, users),
        mlpI: lookup(mlpItem, items),
        label: { data: labels, shape: [labels.length, 1] },
      };
    },
    loss: ({ gmfU, gmfI, mlpU, mlpI, label }, pass) => {
      const { tf } = pass;
      const deep = hidden.apply(pass, tf.concat([mlpU, mlpI], 1));
      return bce(tf, output.apply(pass, tf.concat([tf.mul(gmfU, gmfI), deep], 1)), label);
    },
  });
  process.send!({ ms: (performance.now() - started) / steps, loss: losses[0]! });
});
