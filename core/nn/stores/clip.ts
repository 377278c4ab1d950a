/** Scales arrays in place so that their common L2 norm is at most `maximum`; returns the norm before. */
export const clipTogether = (parts: readonly Float32Array[], maximum: number): number => {
  let squares = 0;
  for (const part of parts) for (let k = 0; k < part.length; k++) squares += part[k]! * part[k]!;
  const norm = Math.sqrt(squares);
  if (norm > maximum) {
    const scale = maximum / norm;
    for (const part of parts) for (let k = 0; k < part.length; k++) part[k]! *= scale;
  }
  return norm;
};
