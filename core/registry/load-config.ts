import { readFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RecographError } from '../spi/index.ts';
import { jsonErrorLine } from './json-error.ts';
import { createModuleLoader } from './module-loader.ts';

/** A config as its file says it, not checked yet. */
export interface LoadedConfig {
  readonly raw: unknown;
  /** Absolute; paths in the config are relative to it. */
  readonly folder: string;
  readonly file: string;
}

const fail = (file: string, line: number | undefined, message: string, cause?: unknown): RecographError => {
  const at = line === undefined ? file : `${file}:${line}`;
  return new RecographError('CONFIG_INVALID', `${at}: ${message}`, { at, cause });
};

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const readText = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw fail(file, undefined, missing ? 'there is no such file.' : `cannot be read: ${reason(error)}.`, error);
  }
};

const readJson = async (file: string): Promise<unknown> => {
  const text = (await readText(file)).replace(/^\uFEFF/, '');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw fail(file, jsonErrorLine(text), `is not JSON: ${reason(error)}.`, error);
  }
};

const readYaml = async (file: string): Promise<unknown> => {
  const [text, { parseDocument }] = await Promise.all([readText(file), import('yaml')]);
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error) throw fail(file, error.linePos?.[0].line, `is not YAML: ${error.message.split('\n')[0]}`, error);
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw fail(file, undefined, `is refused: ${reason(cause)}.`, cause);
  }
};

/** The line of `file` that an error speaks of: a syntax error's position, else the topmost stack frame in the file. */
const lineIn = (file: string, error: unknown): number | undefined => {
  if (!(error instanceof Error)) return undefined;
  const syntax = /\((\d+):\d+\)/.exec(error.message);
  if (syntax !== null && error.message.includes(file)) return Number(syntax[1]);
  const frame = (error.stack ?? '').split('\n').find((line) => line.includes(`${file}:`));
  const line = frame === undefined ? null : /:(\d+)(?::\d+)?\)?\s*$/.exec(frame);
  return line === null ? (syntax === null ? undefined : Number(syntax[1])) : Number(line[1]);
};

const readModule = async (file: string): Promise<unknown> => {
  await readText(file);
  const loader = await createModuleLoader(file, false);
  try {
    return (await loader.import<{ default?: unknown }>(file)).default;
  } catch (error) {
    if (error instanceof RecographError) throw error;
    throw fail(file, lineIn(file, error), `failed to load: ${reason(error).split('\n')[0]}.`, error);
  }
};

const READERS: Readonly<Record<string, (file: string) => Promise<unknown>>> = {
  '.ts': readModule,
  '.mts': readModule,
  '.js': readModule,
  '.mjs': readModule,
  '.yaml': readYaml,
  '.yml': readYaml,
  '.json': readJson,
};

/**
 * Reads a config file: a path or a file URL that ends in .ts, .js, .yaml or .json. Throws CONFIG_INVALID with
 * `at: file:line` where it is missing or cannot be read. YAML with excessive aliases is refused.
 */
export const loadConfig = async (source: string | URL): Promise<LoadedConfig> => {
  const isUrl = source instanceof URL || source.startsWith('file:');
  const file = isUrl ? fileURLToPath(source) : resolve(source);
  const read = READERS[extname(file)];
  if (read === undefined) {
    throw fail(file, undefined, `has an unknown ending. Known: ${Object.keys(READERS).join(', ')}.`);
  }
  const raw = await read(file);
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw fail(file, undefined, 'holds no config; in TypeScript, `export default defineConfig({ ... })`.');
  }
  return { raw, folder: dirname(file), file };
};
