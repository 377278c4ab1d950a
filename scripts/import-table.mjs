/** The import table: which room may import what. `core/X` and so on are rooms; see CONTRIBUTING.md. */

const below = ['spi', 'data', 'math', 'runtime', 'registry'];
/** Rooms of core by what else of core they may import. */
const CORE = {
  spi: [],
  data: ['spi'],
  math: ['spi'],
  runtime: ['spi'],
  nn: ['spi', 'data', 'math', 'runtime'],
  registry: ['spi', 'data'],
  pipeline: below,
  evaluation: [...below, 'pipeline'],
  training: [...below, 'pipeline', 'evaluation'],
  serving: [...below, 'pipeline', 'evaluation', 'training'],
};
/** Rooms that may import anything. */
const FREE = ['cli', 'test', 'bench', 'scripts', '.'];
/** What others see of the project, by subpath. */
const ENTRIES = {
  recograph: 'core/index.ts',
  'recograph/nn': 'core/nn/index.ts',
  'recograph/math': 'core/math/index.ts',
  'recograph/testing': 'core/testing/index.ts',
  'recograph/schema': 'schema/index.ts',
  'recograph/plugins': 'plugins/index.ts',
};
/** Packages that only some rooms may import. `types`: rooms that may import their types alone. */
const PACKAGES = [
  { match: /^(tsyringe|reflect-metadata)$/, rooms: ['core/kernel'], types: [] },
  { match: /^@tensorflow\//, rooms: ['core/runtime'], types: ['core/spi', 'core/nn'] },
  { match: /^(graphql$|graphql-|@graphql-|@pothos\/|@escape\.tech\/|@envelop\/)/, rooms: ['schema'], types: [] },
  { match: /^(typeorm|sqlite3|better-sqlite3)$/, rooms: ['plugins/store-typeorm'], types: [] },
];

/** `core/data/csr.ts` -> `core/data`; a file right under a folder of rooms belongs to the folder itself. */
export const roomOf = (path) => {
  const [top, second, ...rest] = path.split('/');
  if (second === undefined) return '.';
  return (top === 'core' || top === 'plugins') && rest.length > 0 ? `${top}/${second}` : top;
};

const packageRule = (room, specifier, typeOnly) => {
  if (room === 'core/spi') {
    const known = specifier === 'zod' || specifier === '@tensorflow/tfjs-core';
    return known && typeOnly ? undefined : 'core/spi may import types alone, of zod and tfjs-core';
  }
  const rule = PACKAGES.find(({ match }) => match.test(specifier));
  if (rule === undefined || rule.rooms.includes(room)) return undefined;
  if (rule.types.includes(room)) return typeOnly ? undefined : `${room} may import its types alone`;
  return `only ${rule.rooms.join(', ')} may import ${specifier}`;
};

const entryRule = (room, specifier, how) => {
  if (room.startsWith('plugins/')) {
    const own = ['recograph', 'recograph/nn', 'recograph/math'];
    if (room.startsWith('plugins/graphql-')) own.push('recograph/schema');
    return own.includes(specifier) ? undefined : `a plugin may import ${own.join(', ')} alone`;
  }
  if (room === 'core/registry' && how === 'dynamic') return undefined;
  if (room.startsWith('core') && room !== 'core/testing') return `${room} imports files of core, not public entries`;
  return undefined;
};

const fileRule = (room, target, typeOnly) => {
  const to = roomOf(target);
  if (to === room) return undefined;
  const entry = Object.keys(ENTRIES).find((name) => ENTRIES[name] === target);
  if (room === 'plugins') return /^plugins\/[^/]+\/index\.ts$/.test(target) ? undefined : 'the preset lists plugins';
  if (room === 'core' || room === 'core/kernel') {
    return to === 'core' || to.startsWith('core/') ? undefined : `${room} may import core alone`;
  }
  if (room === 'core/testing' || room === 'schema') {
    return entry === undefined ? `${room} may import the public entries alone` : undefined;
  }
  if (room === 'examples') return 'examples import the public entries by name';
  if (room.startsWith('plugins/')) return 'a plugin may import its own files alone; what it needs, core exports';
  if (room === 'core/registry' && target === 'plugins/index.ts') {
    return typeOnly ? undefined : 'core names built-in plugins by `import type` alone';
  }
  const allowed = CORE[room.slice('core/'.length)];
  if (allowed === undefined) return `${room} is no room of the table`;
  if (allowed.some((name) => to === `core/${name}`)) return undefined;
  return `${room} may import ${allowed.map((name) => `core/${name}`).join(', ') || 'itself alone'}`;
};

/**
 * Why `from` (a path from the root) may not make this import, or undefined. `target` is the imported file for a
 * relative import; `how` is value, type or dynamic.
 */
export const breach = (from, { specifier, how }, target) => {
  const room = roomOf(from);
  if (FREE.includes(room)) return undefined;
  if (target !== undefined) return fileRule(room, target, how === 'type');
  if (specifier.startsWith('node:')) return room === 'core/spi' ? 'core/spi knows no platform' : undefined;
  if (specifier === 'recograph' || specifier.startsWith('recograph/')) {
    const known = specifier in ENTRIES || specifier.startsWith('recograph/plugins/');
    return known ? entryRule(room, specifier, how) : 'this is no public entry';
  }
  return packageRule(room, specifier, how === 'type');
};
