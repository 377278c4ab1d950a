/** A JSON number, or the quote that opens a string. */
const NUMBER_OR_QUOTE = /"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const WHOLE = /^-?\d{16,}$/;

export interface LossyInteger {
  /** Its digits, as they stand in the text. */
  readonly digits: string;
  /** Where they begin. */
  readonly at: number;
}

/**
 * The whole numbers in a JSON text that a double cannot hold, which reading would turn into a neighbour:
 * 9007199254740993 would become the id "9007199254740992". One walk over the text, strings passed over, so that the
 * time grows with its length alone. Numbers with a point or an exponent are measurements and may round.
 */
export function* lossyIntegers(text: string): Generator<LossyInteger> {
  if (!/\d{16}/.test(text)) return;
  const tokens = new RegExp(NUMBER_OR_QUOTE);
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    const [found] = token;
    if (found === '"') {
      const end = endOfString(text, tokens.lastIndex);
      if (end < 0) return;
      tokens.lastIndex = end;
    } else if (WHOLE.test(found) && !isExact(found)) yield { digits: found, at: token.index };
  }
}

/** The place behind the quote that closes a string; -1 = none does. */
const endOfString = (text: string, from: number): number => {
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (quote - backslashes > from && text[quote - backslashes - 1] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return -1;
};

const isExact = (whole: string): boolean => {
  const value = Number(whole);
  return Number.isFinite(value) && BigInt(value) === BigInt(whole);
};
