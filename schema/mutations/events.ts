import {
  type EventOutcome,
  type EventRecord,
  type EventRemark,
  RecographError,
  type UnattributedCode,
} from 'recograph';
import type { Builder } from '../builder.ts';
import { InvalidTime, timeMessage } from '../date-time.ts';
import { type Failure, type Failures, orFailure } from '../failures.ts';
import { WRITE } from '../roles.ts';

/** Items, users or events one mutation may bring. */
export const MAX_WRITES = 1000;

export const checkWrites = (count: number, argument: string): void => {
  if (count <= MAX_WRITES) return;
  const message = `${argument} has ${count} entries; at most ${MAX_WRITES} at once. Send several mutations, or use \`recograph import\` for files.`;
  throw new RecographError('INVALID_ARGUMENT', message, { at: argument });
};

type Fields = NonNullable<EventRecord['context']>;

interface Recorded {
  readonly __typename: 'RecordEventsPayload';
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly EventNote[];
  readonly unattributed: readonly EventNote[];
  readonly warnings: readonly string[];
}
interface EventNote {
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

const WHY: Readonly<Record<UnattributedCode, string>> = {
  UNKNOWN_RECOMMENDATION:
    'No recommendation of that id is remembered: it is none of ours, or older than store.shown keeps. Stored without it.',
  NOT_SHOWN: 'That recommendation did not show this item. Stored without a place in it.',
};

export const addEvents = (builder: Builder, failures: Failures) => {
  const event = builder.inputType('EventInput', {
    description: 'Something a user did.',
    fields: (t) => ({
      user: t.id({ required: true, description: "The host's own user id; a new one is remembered." }),
      item: t.id({ required: true, description: "The host's own item id; a new one is remembered." }),
      type: t.string({ required: true, description: 'click, purchase, rating, ...' }),
      value: t.float({ description: 'A rating, a number of minutes, ...' }),
      time: t.field({ type: 'DateTime', description: 'Default: now.' }),
      context: t.field({ type: 'JSON', description: 'An object of fields.' }),
      key: t.id({ description: 'Idempotency key: an event sent again with the same key changes nothing.' }),
      recommendationId: t.id({ description: 'The slate it came from.' }),
    }),
  });
  const input = builder.inputType('RecordEventsInput', {
    description: 'Events to store.',
    fields: (t) => ({ events: t.field({ type: [event], required: true, description: `At most ${MAX_WRITES}.` }) }),
  });
  const rejection = builder.objectRef<Recorded['rejected'][number]>('EventRejection').implement({
    description: 'An event that was not stored; the others were.',
    fields: (t) => ({
      index: t.exposeInt('index', { description: 'Its place in the input, from 0.' }),
      code: t.exposeString('code', { description: 'A name for programs.' }),
      message: t.exposeString('message', { description: 'What is wrong with it.' }),
    }),
  });
  const unattributed = builder.objectRef<EventNote>('UnattributedEvent').implement({
    description: 'An event that was stored, but not as what the recommendation it names has led to.',
    fields: (t) => ({
      index: t.exposeInt('index', { description: 'Its place in the input, from 0.' }),
      code: t.exposeString('code', { description: 'UNKNOWN_RECOMMENDATION or NOT_SHOWN.' }),
      message: t.exposeString('message', { description: 'What is wrong with its `recommendationId`.' }),
    }),
  });
  const payload = builder.objectRef<Recorded>('RecordEventsPayload').implement({
    description: 'What became of the events. What is accepted is on disk.',
    fields: (t) => ({
      accepted: t.exposeInt('accepted', { description: 'Events that were stored.' }),
      duplicates: t.exposeInt('duplicates', { description: 'Events whose key was known already.' }),
      rejected: t.field({
        type: [rejection],
        description: 'Events that were not stored.',
        resolve: ({ rejected }) => [...rejected],
      }),
      unattributed: t.field({
        type: [unattributed],
        description: 'Events stored without a place in the recommendation that they name.',
        resolve: (of) => [...of.unattributed],
      }),
      warnings: t.stringList({
        description: 'What of the stored events does not count as one may think, and what to do.',
        resolve: (of) => [...of.warnings],
      }),
    }),
  });
  const result = builder.unionType('RecordEventsResult', {
    description: 'What became of the events.',
    types: [payload, failures.InvalidArgument],
    resolveType: (value) => (value as Recorded | Failure).__typename as never,
  });
  builder.mutationField('recordEvents', (t) =>
    t.field({
      type: result,
      extensions: WRITE,
      description: 'Stores what users did. Durable when it answers; the next query knows of it.',
      args: { input: t.arg({ type: input, required: true, description: 'The events.' }) },
      resolve: (_, args, { recommender }): Promise<Recorded | Failure> =>
        orFailure(async () => {
          checkWrites(args.input.events.length, 'events');
          const now = Date.now();
          const outcomes = await recommender.service.recordEvents(
            args.input.events.map(({ user, item, type, value, time, context, key, recommendationId }) => ({
              user,
              item,
              type,
              value: value ?? null,
              time: time?.getTime() ?? now,
              // Whether it is an object is asked of each event where it is stored, so that a wrong one fails alone.
              context: (context ?? null) as Fields | null,
              key: key ?? null,
              recommendationId: recommendationId ?? null,
            })),
          );
          return {
            __typename: 'RecordEventsPayload',
            ...summary(outcomes, args.input.events),
            warnings: warningsOf(args.input.events, outcomes),
          };
        }),
    }),
  );
};

const summary = (
  outcomes: readonly EventOutcome[],
  events: readonly { readonly time?: Date | null | undefined }[],
) => ({
  accepted: outcomes.filter(({ status }) => status === 'accepted').length,
  duplicates: outcomes.filter(({ status }) => status === 'duplicate').length,
  rejected: outcomes.flatMap((outcome, index) =>
    outcome.status === 'rejected'
      ? [{ index, code: outcome.code, message: messageOf(outcome.message, events[index]!.time) }]
      : [],
  ),
  unattributed: outcomes.flatMap((outcome, index) =>
    outcome.status === 'accepted' && outcome.unattributed
      ? [{ index, code: outcome.unattributed, message: WHY[outcome.unattributed] }]
      : [],
  ),
});

/** A time that is none is said as it was given. */
const messageOf = (message: string, time: Date | null | undefined): string =>
  time instanceof InvalidTime ? timeMessage(time) : message;

const SHOWN = 5;

/** One sentence for each kind of remark, with the first values it is about. */
const warningsOf = (
  events: readonly { readonly type: string; readonly item: string }[],
  outcomes: readonly EventOutcome[],
): string[] => {
  const named = (remark: EventRemark, of: 'type' | 'item'): string[] => [
    ...new Set(
      events.flatMap((event, k) => {
        const outcome = outcomes[k]!;
        return outcome.status === 'accepted' && outcome.remarks?.includes(remark) ? [event[of]] : [];
      }),
    ),
  ];
  const list = (values: readonly string[]): string =>
    `${values.slice(0, SHOWN).join(', ')}${values.length > SHOWN ? `, and ${values.length - SHOWN} more` : ''}`;
  const types = named('UNKNOWN_TYPE', 'type');
  const items = named('UNKNOWN_ITEM', 'item');
  return [
    ...(types.length > 0
      ? [`Stored, but weighing nothing: the config's data.feedback does not name ${list(types)}.`]
      : []),
    ...(items.length > 0 ? [`Stored, but not in the catalogue: ${list(items)}. Send the items with upsertItems.`] : []),
  ];
};
