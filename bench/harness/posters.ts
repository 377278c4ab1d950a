import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Context } from './benchmark.ts';

const [WIDTH, HEIGHT, CHANNELS] = [48, 64, 3] as const;

/** Writes the posters of ml-1m-posters as files named by their rows; returns their folder. */
export const unpackPosters = async (context: Context): Promise<string> => {
  const folder = join(context.folder, 'posters');
  await mkdir(folder);
  const size = WIDTH * HEIGHT * CHANNELS;
  let row = 0;
  const path = context.data('ml-1m-posters/posters_u8_nhwc_64x48x3.bin');
  for await (const pixels of createReadStream(path, { highWaterMark: size })) {
    await sharp(pixels as Buffer, { raw: { width: WIDTH, height: HEIGHT, channels: CHANNELS } })
      .png({ compressionLevel: 1 })
      .toFile(join(folder, String(row++)));
  }
  return folder;
};
