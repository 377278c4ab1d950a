import { type Dataset, type FittedModel, gatherFeatures, queriesOf } from 'recograph';

/** The model's score of each pair of a user and an item; users are asked with their history in `data`. */
export const pairScores = async (
  model: FittedModel,
  data: Dataset,
  users: readonly number[],
  items: readonly number[],
): Promise<Float32Array> => {
  const indices = Int32Array.from(items);
  const distinct = Int32Array.from(new Set(users));
  const place = new Map([...distinct].map((user, q) => [user, q]));
  const order = users.map((_, k) => k).sort((a, b) => place.get(users[a]!)! - place.get(users[b]!)! || a - b);
  const offsets = new Uint32Array(distinct.length + 1);
  for (const user of users) offsets[place.get(user)! + 1]!++;
  for (let q = 0; q < distinct.length; q++) offsets[q + 1]! += offsets[q]!;
  const asked = Int32Array.from(order, (k) => indices[k]!);
  const scores = await model.score(queriesOf(data, distinct), {
    kind: 'ragged',
    offsets,
    indices: asked,
    features: gatherFeatures(data.itemFeatures, asked),
  });
  const result = new Float32Array(scores.length);
  for (const [at, k] of order.entries()) result[k] = scores[at]!;
  return result;
};
