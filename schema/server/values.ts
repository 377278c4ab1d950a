/** Whether a JSON value holds more than `most` values, lists and objects included. Stops as soon as it knows. */
export const holdsMore = (value: unknown, most: number): boolean => {
  const open: unknown[] = [value];
  let seen = 0;
  while (open.length > 0) {
    if (++seen > most) return true;
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    const entries = Object.values(next);
    if (seen + open.length + entries.length > most) return true;
    for (const entry of entries) open.push(entry);
  }
  return false;
};
