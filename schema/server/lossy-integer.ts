const STRINGS = /"(?:[^"\\]|\\.)*"/g;
const INTEGERS = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/**
 * A whole number in a JSON text that a double cannot hold, which reading would turn into a neighbour; undefined = none.
 * 9007199254740993 would become the id "9007199254740992".
 */
export const lossyInteger = (text: string): string | undefined => {
  if (!/\d{16}/.test(text)) return undefined;
  const numbers = text.replace(STRINGS, '""').match(INTEGERS) ?? [];
  return numbers.find((number) => BigInt(Number(number)) !== BigInt(number));
};

export const lossyMessage = (number: string): string =>
  `The number ${number} cannot be kept exactly: it would become ${BigInt(Number(number))}. Send ids as strings: "${number}".`;
