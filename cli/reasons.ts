/** One paragraph: why targets have no figure of a metric, a line each; none where all have all. */
export const reasonsOf = (targets: readonly (readonly [string, Readonly<Record<string, string>>])[]): string[] => {
  const lines = targets.flatMap(([target, why]) =>
    Object.entries(why).map(([metric, reason]) => `${target} has no ${metric}: ${reason}.`),
  );
  return lines.length > 0 ? [lines.join('\n')] : [];
};
