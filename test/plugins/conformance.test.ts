import type { Component } from 'recograph';
import plugins from 'recograph/plugins';
import { type ConformanceOptions, modelConformance } from 'recograph/testing';
import { describe, it } from 'vitest';

const components: readonly Component[] = plugins.flatMap((plugin) => [...plugin.components]);

/** Small configs, several where one component works in several ways; `{}` where none is named. */
const CASES: Readonly<Record<string, readonly ConformanceOptions[]>> = {
  'model als': [
    { config: { factors: 6, epochs: 4 } },
    { config: { factors: 4, epochs: 3, feedback: 'explicit', regularization: 1 } },
  ],
  'model bpr': [{ config: { factors: 6, epochs: 4 } }],
  'model content-based': [{ config: { vectors: 'text' } }, { config: { vectors: 'text', halfLifeDays: 1 } }],
  'model ease': [{ config: { regularization: 5 } }],
  'model factor-mapping': [{ config: { model: 'taste', vectors: 'text' } }],
  'model mf': [{ config: { factors: 4, epochs: 3 } }, { config: { factors: 4, epochs: 3, feedback: 'implicit' } }],
  'model logistic-regression': [
    { config: { epochs: 3 } },
    { config: { epochs: 3, fields: ['user.segment', 'item.brand'], crosses: [['user', 'item.brand']] } },
  ],
  'model popularity': [{}, { config: { halfLifeDays: 7 } }],
  'model item-knn': [{}, { config: { similarity: 'bm25' } }],
};

for (const component of components) {
  const name = `${component.kind} ${component.type}`;
  for (const options of CASES[name] ?? [{}]) {
    describe(`${name} ${JSON.stringify(options.config ?? {})}`, () => {
      if (component.kind !== 'model') return it.skip('later', () => {});
      for (const check of modelConformance(component as Component<'model'>, options)) it(check.name, () => check.run());
    });
  }
}
