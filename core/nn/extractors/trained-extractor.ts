import { gatherFeatures } from '../../data/index.ts';
import type { FeatureRows, ItemExtractor, Json, TensorRuntime } from '../../spi/index.ts';
import { isTable, parameterTensors } from '../parameter.ts';
import { inferencePass } from '../pass.ts';
import { extractVectors } from './extract.ts';
import type { ItemInputs, ItemNetwork } from './network.ts';

const EXTRACT_BATCH = 128;
/** Items whose inputs (images) are held in memory together. */
const CHUNK = 1024;

/** A trained item network as a feature. `json` is what, beside the parameters, `restore` needs. */
export const trainedExtractor = (
  runtime: TensorRuntime,
  network: ItemNetwork,
  inputsOf: (items: FeatureRows) => ItemInputs | Promise<ItemInputs>,
  json: Json,
): ItemExtractor => {
  const pass = inferencePass(
    runtime,
    network.parameters.filter((parameter) => !isTable(parameter)),
  );
  return {
    subject: 'item',
    width: network.width,
    extract: async (items) => {
      const { width } = network;
      const data = new Float32Array(items.rows * width);
      for (let from = 0; from < items.rows; from += CHUNK) {
        const rows = Int32Array.from({ length: Math.min(CHUNK, items.rows - from) }, (_, k) => from + k);
        const inputs = await inputsOf(gatherFeatures(items, rows));
        data.set((await extractVectors(runtime, pass, network, inputs, EXTRACT_BATCH)).data, from * width);
      }
      return { rows: items.rows, columns: width, data };
    },
    state: () => ({ json, tensors: parameterTensors(network.parameters) }),
    dispose: () => pass.dispose(),
  };
};
