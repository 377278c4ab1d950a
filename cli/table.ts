/** Columns padded to their widest cell; numbers stand right. */
export const table = (head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string => {
  const cells = [head, ...rows].map((row) =>
    row.map((cell) => (typeof cell === 'number' ? format(cell) : (cell ?? '-'))),
  );
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const numeric = head.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  return cells
    .map((row) =>
      row
        .map((cell, column) => (numeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

const format = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(4));
