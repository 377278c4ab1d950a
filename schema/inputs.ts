import type { ItemFilter, Json, Target } from 'recograph';
import { RecographError } from 'recograph';
import { BOUNDS, checkId, checkJson, checkLength, checkText } from './bounds.ts';
import type { Builder } from './builder.ts';
import { InvalidTime, timeMessage } from './date-time.ts';

interface FilterValue {
  categories?: readonly string[] | null | undefined;
  attributes?:
    | readonly {
        name: string;
        eq?: Json | undefined;
        in?: readonly Json[] | null | undefined;
        min?: number | null | undefined;
        max?: number | null | undefined;
      }[]
    | null
    | undefined;
  available?: boolean | null | undefined;
}

/** The inputs of queries. */
export const addInputs = (builder: Builder) => {
  const sessionEvent = builder.inputType('SessionEventInput', {
    description: 'Something an anonymous visitor did. It is not stored.',
    fields: (t) => ({
      item: t.id({ required: true, description: "The host's own item id." }),
      type: t.string({ description: 'Event type; default: what the bundle knows as a positive.' }),
      value: t.float({ description: 'A rating, say. Without one the event counts as liked.' }),
      time: t.field({ type: 'DateTime', description: 'Default: now.' }),
    }),
  });
  const session = builder.inputType('SessionInput', {
    description: 'What an anonymous visitor did so far, oldest first.',
    fields: (t) => ({
      id: t.id({ required: true, description: "The host's own session id." }),
      events: t.field({ type: [sessionEvent], required: true, description: 'Oldest first.' }),
    }),
  });
  const target = builder.inputType('TargetInput', {
    description: 'For whom: exactly one of these.',
    isOneOf: true,
    fields: (t) => ({
      user: t.id({ description: "The host's own user id; somebody new gets what is popular." }),
      session: t.field({ type: session, description: 'An anonymous visitor, by what they did so far.' }),
      anonymous: t.boolean({ description: 'true: somebody of whom nothing is known.' }),
    }),
  });
  const attribute = builder.inputType('AttributeFilter', {
    description: 'A condition on one attribute; a list attribute fits when one of its entries does.',
    fields: (t) => ({
      name: t.string({ required: true, description: "The attribute's name." }),
      eq: t.field({ type: 'JSON', description: 'Equal to this.' }),
      in: t.field({ type: ['JSON'], description: 'Equal to one of these.' }),
      min: t.float({ description: 'A number of at least this.' }),
      max: t.float({ description: 'A number of at most this.' }),
    }),
  });
  const filter = builder.inputType('FilterInput', {
    description: 'All conditions must hold.',
    fields: (t) => ({
      categories: t.stringList({ description: 'Any of these.' }),
      attributes: t.field({ type: [attribute], description: 'Conditions on attributes.' }),
      available: t.boolean({
        defaultValue: true,
        description: 'null: both. Recommendations never hold an item that is not available.',
      }),
    }),
  });
  const recommend = builder.inputType('RecommendInput', {
    description: 'What to recommend, and to whom.',
    fields: (t) => ({
      target: t.field({ type: target, required: true, description: 'For whom.' }),
      context: t.field({
        type: 'JSON',
        description: "The request's context: an object of fields such as device or weather.",
      }),
      filter: t.field({ type: filter, description: 'Only such items.' }),
      pipeline: t.string({ description: 'By its name. Default: the first of the config.' }),
      diversity: t.float({ description: "0: relevance alone, 1: diversity alone. Default: the pipeline's own." }),
      excludeSeen: t.boolean({ description: "Leave out what the user has had. Default: the pipeline's own." }),
      excludeItems: t.idList({ description: 'Never these.' }),
      deadlineMs: t.int({ description: 'Answer within that many milliseconds, degraded if need be.' }),
      bundle: t.id({ description: 'Default: the active one.' }),
    }),
  });
  return { filter, recommend };
};
export type Inputs = ReturnType<typeof addInputs>;

export const toTarget = (target: {
  user?: string | null | undefined;
  session?:
    | {
        id: string;
        events: readonly {
          item: string;
          type?: string | null | undefined;
          value?: number | null | undefined;
          time?: Date | null | undefined;
        }[];
      }
    | null
    | undefined;
  anonymous?: boolean | null | undefined;
}): Target => {
  if (typeof target.user === 'string') {
    checkId(target.user, 'target.user');
    return { user: target.user };
  }
  if (target.session) {
    checkId(target.session.id, 'target.session.id');
    checkLength(target.session.events, BOUNDS.sessionEvents, 'target.session.events');
    for (const [k, { item, time }] of target.session.events.entries()) {
      const at = `target.session.events[${k}]`;
      checkId(item, `${at}.item`);
      if (time instanceof InvalidTime)
        throw new RecographError('INVALID_ARGUMENT', `${at}.${timeMessage(time)}.`, { at });
    }
    const events = target.session.events.map(({ item, type, value, time }) => ({
      item,
      ...(typeof type === 'string' ? { type } : {}),
      ...(typeof value === 'number' ? { value } : {}),
      ...(time ? { time: time.getTime() } : {}),
    }));
    return { session: { id: target.session.id, events } };
  }
  if (target.anonymous === true) return { anonymous: true };
  const message = 'target.anonymous is false; leave it out and name a user or a session.';
  throw new RecographError('INVALID_ARGUMENT', message, { at: 'target.anonymous' });
};

/** What a condition adds to the cost of a query: each is a look at the whole catalogue. */
const CONDITION_COST = 200;

/**
 * The cost of a filter, by what it holds in this request, variables included. What is beyond a bound costs nothing: it
 * is refused.
 */
export const filterCost = (filter: FilterValue | null | undefined): number =>
  CONDITION_COST * (Math.min(filter?.attributes?.length ?? 0, BOUNDS.conditions) + (filter?.categories ? 1 : 0));

/** Throws INVALID_ARGUMENT for a filter that holds more than the bounds allow. */
export const toFilter = (filter: FilterValue): ItemFilter => {
  checkFilter(filter);
  return filterOf(filter);
};

const checkFilter = ({ categories, attributes }: FilterValue): void => {
  checkLength(categories, BOUNDS.options, 'filter.categories');
  for (const [k, category] of (categories ?? []).entries()) {
    checkText(category, BOUNDS.valueCharacters, `filter.categories[${k}]`);
  }
  checkLength(attributes, BOUNDS.conditions, 'filter.attributes');
  for (const [k, { name, eq, in: options }] of (attributes ?? []).entries()) {
    const at = `filter.attributes[${k}]`;
    checkText(name, BOUNDS.valueCharacters, `${at}.name`);
    checkJson(eq, BOUNDS.valueCharacters, `${at}.eq`);
    checkLength(options, BOUNDS.options, `${at}.in`);
    for (const option of options ?? []) checkJson(option, BOUNDS.valueCharacters, `${at}.in`);
  }
};

const filterOf = (filter: FilterValue): ItemFilter => ({
  ...(filter.categories ? { categories: filter.categories } : {}),
  ...(filter.attributes
    ? {
        attributes: filter.attributes.map(({ name, eq, in: options, min, max }) => ({
          name,
          ...(eq === undefined ? {} : { eq }),
          ...(options ? { in: options } : {}),
          ...(typeof min === 'number' ? { min } : {}),
          ...(typeof max === 'number' ? { max } : {}),
        })),
      }
    : {}),
  ...(filter.available === undefined ? {} : { available: filter.available }),
});

/** An object of fields; {} for none. Throws INVALID_ARGUMENT for anything else. */
export const toFields = (value: Json | null | undefined, argument: string): Readonly<Record<string, Json>> => {
  if (value === null || value === undefined) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Readonly<Record<string, Json>>;
  throw new RecographError('INVALID_ARGUMENT', `${argument} must be an object of fields.`, { at: argument });
};
