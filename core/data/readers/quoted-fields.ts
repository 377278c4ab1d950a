/**
 * The fields of one record (RFC 4180); undefined where a quoted field is not closed. A mark that does not begin a field
 * is an ordinary character, and so are the marks of a field in which something follows the closing one (`"a"b`).
 */
export const quotedFields = (text: string, delimiter: string, trim: boolean): string[] | undefined => {
  const fields: string[] = [];
  for (let start = 0; ; ) {
    const begin = trim ? skipBlanks(text, start) : start;
    const quoted = text[begin] === '"' ? quotedField(text, begin, delimiter) : 'plain';
    if (quoted === undefined) return undefined;
    if (quoted === 'plain') {
      const found = text.indexOf(delimiter, start);
      const end = found < 0 ? text.length : found;
      fields.push(trim ? text.slice(start, end).trim() : text.slice(start, end));
      if (found < 0) return fields;
      start = found + delimiter.length;
    } else {
      fields.push(quoted.value);
      if (quoted.end === text.length) return fields;
      start = quoted.end + delimiter.length;
    }
  }
};

/**
 * A quoted field and the place of the delimiter behind it; `plain`: its marks are ordinary; undefined: it is not
 * closed.
 */
const quotedField = (
  text: string,
  begin: number,
  delimiter: string,
): { readonly value: string; readonly end: number } | 'plain' | undefined => {
  for (let close = text.indexOf('"', begin + 1); close >= 0; close = text.indexOf('"', close + 1)) {
    if (text[close + 1] === '"') {
      close++;
      continue;
    }
    const end = skipBlanks(text, close + 1);
    if (end !== text.length && !text.startsWith(delimiter, end)) return 'plain';
    return { value: text.slice(begin + 1, close).replaceAll('""', '"'), end };
  }
  return undefined;
};

const skipBlanks = (text: string, from: number): number => {
  let at = from;
  while (text[at] === ' ') at++;
  return at;
};
