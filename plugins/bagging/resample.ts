import { createDataset, type Dataset, gatherFeatures, type Rng, sortInteractions } from 'recograph';

/** `count` events of `data` drawn with replacement (a bootstrap sample); everything else as it is. */
export const resample = (data: Dataset, count: number, rng: Rng): Dataset => {
  const { interactions: events } = data;
  const drawn = Int32Array.from({ length: count }, () => rng.int(events.length)).sort();
  const pick = <A extends Float32Array | Float64Array | Int32Array | Uint8Array>(column: A): A =>
    drawn.map((row) => column[row]!) as unknown as A;
  return createDataset({
    users: data.users,
    items: data.items,
    userFeatures: data.userFeatures,
    itemFeatures: data.itemFeatures,
    interactions: sortInteractions(
      {
        users: pick(events.users),
        items: pick(events.items),
        values: Float32Array.from(drawn, (row) => events.values[row]!),
        weights: Float32Array.from(drawn, (row) => events.weights[row]!),
        times: Float64Array.from(drawn, (row) => events.times[row]!),
        types: Uint8Array.from(drawn, (row) => events.types[row]!),
        typeNames: events.typeNames,
        context: gatherFeatures(events.context, drawn),
      },
      data.users.size,
    ),
  });
};
