import type { Kind } from '../spi/index.ts';
import type { Path } from './problems.ts';

/** A place in a config where a component stands: `{ use, config }`. */
export interface SlotAt {
  readonly kind: Kind;
  /** Its name in the graph: the key in its section; a pipeline's own sources and stages go by their path. */
  readonly path: Path;
  readonly slot: { readonly use?: unknown; readonly config?: unknown };
}

export const SECTIONS = { models: 'model', features: 'feature', rankers: 'ranker' } as const;
const STAGES = ['filters', 'rerank'] as const;

type Unsure = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Unsure =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const entries = (value: unknown): [string, Unsure][] =>
  isRecord(value) ? Object.entries(value).filter((entry): entry is [string, Unsure] => isRecord(entry[1])) : [];
const items = (value: unknown): [number, Unsure][] =>
  Array.isArray(value) ? [...value.entries()].filter((entry): entry is [number, Unsure] => isRecord(entry[1])) : [];

/** Every slot of a config; of a config that is not checked yet, every slot that is in its place. */
export const slotsOf = (config: unknown): readonly SlotAt[] => {
  if (!isRecord(config)) return [];
  const slots: SlotAt[] = [];
  for (const [section, kind] of Object.entries(SECTIONS)) {
    for (const [name, slot] of entries(config[section])) slots.push({ kind, path: [section, name], slot });
  }
  for (const [name, pipeline] of entries(config.pipelines)) {
    for (const [i, slot] of items(pipeline.candidates)) {
      if ('use' in slot) slots.push({ kind: 'source', path: ['pipelines', name, 'candidates', i], slot });
    }
    for (const list of STAGES) {
      for (const [i, slot] of items(pipeline[list])) {
        slots.push({ kind: 'stage', path: ['pipelines', name, list, i], slot });
      }
    }
  }
  return slots;
};

/** A reference that the config's own sections make by name. */
export interface NameAt {
  readonly path: Path;
  readonly to: 'model' | 'ranker' | 'pipeline';
  readonly name: string;
}

/** The names in pipelines and `similar`; component configs make theirs by `modelRef` and the like. */
export const namesIn = (config: unknown): readonly NameAt[] => {
  if (!isRecord(config)) return [];
  const names: NameAt[] = [];
  const add = (to: NameAt['to'], name: unknown, ...path: (string | number)[]) => {
    if (typeof name === 'string') names.push({ path, to, name });
  };
  for (const [pipeline, funnel] of entries(config.pipelines)) {
    const at = ['pipelines', pipeline];
    for (const [i, source] of items(funnel.candidates)) {
      add('model', source.model, ...at, 'candidates', i, 'model');
      add('pipeline', source.pipeline, ...at, 'candidates', i, 'pipeline');
    }
    add('ranker', funnel.ranker, ...at, 'ranker');
    if (Array.isArray(funnel.fallback)) {
      for (const [i, name] of funnel.fallback.entries()) add('model', name, ...at, 'fallback', i);
    }
  }
  if (isRecord(config.similar)) add('model', config.similar.model, 'similar', 'model');
  return names;
};
