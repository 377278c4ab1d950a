/** Could more text make this prefix valid JSON? */
const canGoOn = (prefix: string): boolean => {
  try {
    JSON.parse(prefix);
    return true;
  } catch (error) {
    const { message } = error as Error;
    return /end of JSON input|Unterminated/.test(message) || message.includes(`at position ${prefix.length}`);
  }
};

/** The 1-based line on which JSON text goes wrong. V8 does not always give a position, so the prefix is bisected. */
export const jsonErrorLine = (text: string): number => {
  let [good, bad] = [0, text.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (canGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return text.slice(0, good).trimEnd().split('\n').length;
};
