import { join } from 'node:path';
import {
  createDataset,
  type EventArrays,
  noFeatures,
  readSnapshot,
  type Snapshot,
  sortInteractions,
  weightsOf,
} from '../data/index.ts';
import { type EvaluationReport, evaluate, type Parts } from '../evaluation/index.ts';
import type { LoadedBundle } from '../serving/loaded-bundle.ts';
import { type Dataset, RecographError, type Store } from '../spi/index.ts';
import { initialStates, modelTargets, pipelineTargets } from '../training/evaluate-run.ts';
import type { Environment } from './environment.ts';
import { optionsOf, protocolOf, sectionOf } from './evaluate-config.ts';
import type { EvaluateOptions } from './recommender.ts';
import { restoreBundle } from './restore-bundle.ts';

/**
 * Measures a bundle as it is on the events that came after its data; what it has seen is the query's history.
 * Users and items that the bundle does not know are left out, with a warning that counts their events.
 * Throws DATA_EMPTY where nothing has come since.
 */
export const evaluateBundle = async (
  environment: Environment,
  store: Store,
  id: string,
  asked: EvaluateOptions,
): Promise<EvaluationReport> => {
  const section = sectionOf(environment);
  const bundle = await restoreBundle(environment, store, id);
  try {
    const snapshot = await readSnapshot(store, join(environment.bundleFolder, '..', 'snapshot.columns'));
    const { parts, unknown } = splitAtBundle(snapshot, bundle);
    if (parts.test.interactions.length === 0) {
      const message = `No event on known users and items is newer than bundle ${id}. Record some, or evaluate without --bundle.`;
      throw new RecographError('DATA_EMPTY', message, { at: 'bundle' });
    }
    const known = snapshot.itemRecords.filter((record) => bundle.items.index(record.id) >= 0);
    const view = await bundle.view(new Map(known.map((record) => [record.id, record])));
    const seed = asked.seed ?? section.seed ?? environment.config.seed;
    const protocol = {
      ...(await protocolOf(environment, { ...section, mask: 'train' }, parts, seed)),
      split: { use: 'after-bundle' },
    };
    const figures = {};
    const { report } = await evaluate(
      [
        ...modelTargets({ fitted: { models: bundle.models }, figures }),
        ...pipelineTargets({ figures }, view.pipelines),
      ],
      parts,
      protocol,
      {
        ...optionsOf(environment),
        extra: Object.assign({}, ...Object.values(view.pipelines).map(initialStates)),
        ...(asked.signal ? { signal: asked.signal } : {}),
        ...(asked.report ? { report: asked.report } : {}),
      },
    );
    if (unknown === 0) return report;
    const warning = `${unknown} newer events are of users or items that the bundle does not know; left out.`;
    return { ...report, warnings: [...report.warnings, warning] };
  } finally {
    bundle.dispose();
  }
};

/** The store's events over the bundle's vocabulary, up to its data and after. */
const splitAtBundle = (
  { events, users, items, userRecords }: Snapshot,
  bundle: LoadedBundle,
): { parts: Parts; unknown: number } => {
  const userOf = Int32Array.from({ length: users.size }, (_, user) => bundle.users.index(users.id(user)));
  const itemOf = Int32Array.from({ length: items.size }, (_, item) => bundle.items.index(items.id(item)));
  const weights = weightsOf(events, bundle.config.data.feedback);
  const rows = { train: [] as number[], test: [] as number[] };
  let unknown = 0;
  for (let row = 0; row < events.length; row++) {
    const isNew = events.ids[row]! > bundle.manifest.lastEventId;
    if (userOf[events.users[row]!]! >= 0 && itemOf[events.items[row]!]! >= 0) rows[isNew ? 'test' : 'train'].push(row);
    else if (isNew) unknown++;
  }
  const byId = new Map(userRecords.map((record) => [record.id, record]));
  const userFeatures = bundle.encoders.users(
    Array.from({ length: bundle.users.size }, (_, user) => byId.get(bundle.users.id(user))),
  );
  const dataset = (of: readonly number[]): Dataset => {
    const columns: EventArrays = {
      users: Int32Array.from(of, (row) => userOf[events.users[row]!]!),
      items: Int32Array.from(of, (row) => itemOf[events.items[row]!]!),
      values: Float32Array.from(of, (row) => events.values[row]!),
      weights: Float32Array.from(of, (row) => weights[row]!),
      times: Float64Array.from(of, (row) => events.times[row]!),
      types: Uint8Array.from(of, (row) => bundle.types.code(events.typeNames[events.types[row]!]!)),
      typeNames: bundle.types.names,
      eventIds: Float64Array.from(of, (row) => events.ids[row]!),
      ...contextsOf(events, of, bundle),
    };
    return createDataset({
      users: bundle.users,
      items: bundle.items,
      interactions: sortInteractions(columns, bundle.users.size),
      userFeatures,
      itemFeatures: bundle.itemFeatures,
    });
  };
  return { parts: { train: dataset(rows.train), validation: dataset([]), test: dataset(rows.test) }, unknown };
};

const contextsOf = (events: Snapshot['events'], of: readonly number[], { encoders }: LoadedBundle) => {
  if (events.contexts.length === 0) return { context: noFeatures(of.length) };
  const texts = of.map((row) => (events.contexts[row]! > 0 ? events.contextTexts[events.contexts[row]! - 1]! : '{}'));
  return { context: encoders.contexts(texts.map((text) => JSON.parse(text))) };
};
