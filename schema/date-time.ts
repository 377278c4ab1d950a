import { GraphQLScalarType } from 'graphql';
import { DateTimeResolver } from 'graphql-scalars';

/** A time that is none, as it was given: so that one wrong event of many is refused alone. */
export class InvalidTime extends Date {
  readonly given: string;
  constructor(given: unknown) {
    super(Number.NaN);
    this.given = JSON.stringify(given) ?? String(given);
  }
}

export const timeMessage = ({ given }: InvalidTime): string =>
  `time is ${given}; it must be a date and a time with a zone (RFC 3339), such as "2026-01-31T12:00:00Z"`;

/**
 * DateTime as it is answered; what a client sends as one and is none becomes an InvalidTime, which its reader refuses.
 */
export const DateTimeScalar = new GraphQLScalarType<Date, Date>({
  ...DateTimeResolver.toConfig(),
  parseValue: (value) => parsed(value, () => DateTimeResolver.parseValue(value)),
  parseLiteral: (node, variables) =>
    parsed('value' in node ? node.value : null, () => DateTimeResolver.parseLiteral(node, variables)),
});

const parsed = (given: unknown, parse: () => Date): Date => {
  try {
    return parse();
  } catch {
    return new InvalidTime(given);
  }
};
