import { type FeatureRows, type Log, RecographError } from 'recograph';
import { type ItemInputs, readGrids } from 'recograph/nn';

export interface ImageSource {
  readonly field: string;
  readonly folder: string;
  readonly width: number;
  readonly height: number;
}

/**
 * The items' images, resized to width x height (without keeping their proportions), as -0.5 .. 0.5. Throws
 * DEPENDENCY_UNAVAILABLE without sharp.
 */
export const readImages = async (items: FeatureRows, source: ImageSource, log: Log): Promise<ItemInputs> => {
  const { width, height, field, folder } = source;
  const { default: sharp } = await import('sharp').catch(() => {
    throw new RecographError(
      'DEPENDENCY_UNAVAILABLE',
      'image-cnn decodes images with the package sharp, which is not installed. Install it: npm install sharp',
    );
  });
  return readGrids<Uint8Array>(
    items,
    {
      field,
      folder,
      shape: [height, width, 3],
      decode: (file) =>
        sharp(file)
          .resize(width, height, { fit: 'fill' })
          .flatten({ background: '#ffffff' })
          .toColourspace('srgb')
          .raw()
          .toBuffer(),
      value: (byte) => byte / 255 - 0.5,
    },
    log,
  );
};
