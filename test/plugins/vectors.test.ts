import type { ItemExtractor } from 'recograph';
import { vectors } from 'recograph/plugins/vectors';
import { expect, it } from 'vitest';
import { catalogue } from '../support/catalogue.ts';
import { fitOptions, noInputs } from '../support/tiny.ts';

const component = (config: object) => vectors.create(vectors.schema.parse(config) as never, {} as never);
const made = () => catalogue([{ embedding: [3, 4], title: 'a' }, { embedding: [0, 2] }, {}], 1, []);

it.each([
  [false, [3, 4, 0, 2, Number.NaN, Number.NaN]],
  [true, [0.6, 0.8, 0, 1, Number.NaN, Number.NaN]],
])('gives the column as it is, or with normalize %s at unit length; new items too', async (normalize, expected) => {
  const { data, encode } = made();
  const fitted = (await component({ normalize }).fit(data, noInputs, fitOptions())) as ItemExtractor;
  const found = (await fitted.extract(data.itemFeatures)).data;
  expected.forEach((value, k) => {
    if (Number.isNaN(value)) expect(found[k]).toBeNaN();
    else expect(found[k]).toBeCloseTo(value, 6);
  });
  const [x, y] = (await fitted.extract(encode({ embedding: [0, 5] }))).data;
  expect([x, y]).toEqual([0, normalize ? 1 : 5]);
});

it('says what is wrong with a field that holds no numbers', async () => {
  const fit = (field: string) => component({ field }).fit(made().data, noInputs, fitOptions());
  await expect(fit('title')).rejects.toThrow(/its field "title" is a column of kind bag/);
  await expect(fit('nothing')).rejects.toThrow(/its field "nothing" is not a field of the items/);
});
