import { lossyIntegers } from 'recograph';

/** The first whole number in a JSON text that a double cannot hold; undefined = none. */
export const lossyInteger = (text: string): string | undefined => {
  for (const { digits } of lossyIntegers(text)) return digits;
  return undefined;
};

const SHOWN = 40;
const short = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text);

export const lossyMessage = (number: string): string => {
  const value = Number(number);
  const becomes = Number.isFinite(value) ? short(String(BigInt(value))) : 'infinite';
  return `The number ${short(number)} cannot be kept exactly: it would become ${becomes}. Send ids as strings: "${short(number)}".`;
};
