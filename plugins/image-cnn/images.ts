import { realpath } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { type FeatureRows, type Log, RecographError } from 'recograph';
import type { ItemInputs } from 'recograph/nn';

export interface ImageSource {
  readonly field: string;
  readonly folder: string;
  readonly width: number;
  readonly height: number;
}

const CHANNELS = 3;
/** Images decoded at the same time. */
const AT_ONCE = 8;
const DATA_URL = /^data:image\/[\w.+-]+;base64,/;

/**
 * The items' images, resized to width x height (without keeping their proportions) and scaled to -0.5 .. 0.5. A value is
 * the name of a file in the folder, or a `data:` URL. What is missing, cannot be read, or lies outside the folder has no
 * image. Throws DEPENDENCY_UNAVAILABLE without sharp.
 */
export const readImages = async (items: FeatureRows, source: ImageSource, log: Log): Promise<ItemInputs> => {
  const decode = await decoder(source);
  const column = items.columns[source.field];
  const values = column?.kind === 'text' ? column.values : [];
  const images: (Uint8Array | undefined)[] = new Array(items.rows);
  let next = 0;
  let failed = 0;
  const work = async (): Promise<void> => {
    for (let row = next++; row < values.length; row = next++) {
      const value = values[row];
      if (!value) continue;
      try {
        images[row] = await decode(value);
      } catch {
        failed++;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (failed > 0) log.warn({ field: source.field, failed }, 'images could not be read; these items have no vector');
  const size = source.width * source.height * CHANNELS;
  return {
    rows: items.rows,
    has: (row) => images[row] !== undefined,
    feeds: (rows) => {
      const data = new Float32Array(rows.length * size);
      rows.forEach((row, r) => {
        const image = images[row]!;
        for (let k = 0; k < size; k++) data[r * size + k] = image[k]! / 255 - 0.5;
      });
      return { pixels: { data, shape: [rows.length, source.height, source.width, CHANNELS] } };
    },
  };
};

const decoder = async ({ folder, width, height }: ImageSource) => {
  const { default: sharp } = await import('sharp').catch(() => {
    throw new RecographError(
      'DEPENDENCY_UNAVAILABLE',
      'image-cnn decodes images with the package sharp, which is not installed. Install it: npm install sharp',
    );
  });
  const root = await realpath(resolve(folder)).catch(() => resolve(folder));
  return async (value: string): Promise<Uint8Array> => {
    const url = DATA_URL.exec(value);
    const input = url ? Buffer.from(value.slice(url[0].length), 'base64') : await inside(root, value);
    return sharp(input)
      .resize(width, height, { fit: 'fill' })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw()
      .toBuffer();
  };
};

/** The real path of a file in the folder. Throws where it leads out of it, by .. or by a link. */
const inside = async (root: string, name: string): Promise<string> => {
  const path = await realpath(resolve(root, name));
  const way = relative(root, path);
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || resolve(root, way) !== path) {
    throw new RecographError('INVALID_ARGUMENT', `"${name}" leads out of the folder of images.`);
  }
  return path;
};
