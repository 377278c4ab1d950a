/** A JSON number, or the quote that opens a string. */
const NUMBER_OR_QUOTE = /"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const WHOLE = /^-?\d{16,}$/;

/**
 * A whole number in a JSON text that a double cannot hold, which reading would turn into a neighbour; undefined = none.
 * 9007199254740993 would become the id "9007199254740992". One walk over the text, strings passed over, so that the
 * time grows with its length alone. Numbers with a point or an exponent are measurements and may round.
 */
export const lossyInteger = (text: string): string | undefined => {
  if (!/\d{16}/.test(text)) return undefined;
  NUMBER_OR_QUOTE.lastIndex = 0;
  for (;;) {
    const found = NUMBER_OR_QUOTE.exec(text)?.[0];
    if (found === undefined) return undefined;
    if (found === '"') {
      const end = endOfString(text, NUMBER_OR_QUOTE.lastIndex);
      if (end < 0) return undefined;
      NUMBER_OR_QUOTE.lastIndex = end;
    } else if (WHOLE.test(found) && !isExact(found)) return found;
  }
};

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

const SHOWN = 40;
const short = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text);

export const lossyMessage = (number: string): string => {
  const value = Number(number);
  const becomes = Number.isFinite(value) ? short(String(BigInt(value))) : 'infinite';
  return `The number ${short(number)} cannot be kept exactly: it would become ${becomes}. Send ids as strings: "${short(number)}".`;
};
