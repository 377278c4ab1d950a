/** A file that `npm run build` made for this room: beside this one in dist/, or in dist/ when run from the sources. */
export const builtFile = (name: string): URL => {
  const inDist = import.meta.url.endsWith('.js');
  return new URL(inDist ? `./${name}` : `../../dist/core/runtime/${name}`, import.meta.url);
};
