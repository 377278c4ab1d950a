import { readFile, realpath } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { RecographError } from '../spi/index.ts';

const DATA_URL = /^data:[\w.+/-]+;base64,/;

/**
 * Reads what an item's field names: a file of the folder, or the content of a `data:...;base64,` URL. Throws INVALID_ARGUMENT for a
 * name that leads out of the folder, by `..`, as an absolute path, or by a link; and what reading throws.
 */
export const folderFiles = async (folder: string): Promise<(value: string) => Promise<Buffer>> => {
  const root = await realpath(resolve(folder)).catch(() => resolve(folder));
  return async (value) => {
    const url = DATA_URL.exec(value);
    if (url) return Buffer.from(value.slice(url[0].length), 'base64');
    const path = await realpath(resolve(root, value));
    const way = relative(root, path);
    if (way === '..' || way.startsWith(`..${sep}`) || resolve(root, way) !== path) {
      throw new RecographError('INVALID_ARGUMENT', `"${value}" leads out of its folder.`);
    }
    return readFile(path);
  };
};
