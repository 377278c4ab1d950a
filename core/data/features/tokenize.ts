/**
 * Words of a text in their order: runs of letters and digits of any script, with their combining marks,
 * after Unicode compatibility composition (NFKC) and lower-casing.
 */
export const tokenize = (text: string): readonly string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? [];
