import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Milliseconds of `30m`, `12h`, `7d`. Throws GraphQLError for anything else. */
export const parseDuration = (value: unknown): number => {
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(value) : null;
  if (!match)
    throw new GraphQLError(
      `A Duration is a number and a unit (ms, s, m, h, d, w), such as "7d"; not ${JSON.stringify(value)}.`,
    );
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
};

const format = (ms: unknown): string => {
  if (typeof ms !== 'number') throw new GraphQLError('A Duration is a number of milliseconds.');
  const unit = (['w', 'd', 'h', 'm', 's'] as const).find((name) => ms >= UNITS[name] && ms % UNITS[name] === 0) ?? 'ms';
  return `${ms / UNITS[unit]}${unit}`;
};

export const DurationScalar = new GraphQLScalarType<number, string>({
  name: 'Duration',
  description: 'A length of time: a number and a unit, ms, s, m, h, d or w. `7d` is a week.',
  parseValue: parseDuration,
  serialize: format,
  parseLiteral: (node) => parseDuration(node.kind === Kind.STRING ? node.value : undefined),
});
