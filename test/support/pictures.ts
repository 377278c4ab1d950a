import { createDataset, type Dataset } from 'recograph';
import sharp from 'sharp';

/** A plain PNG of that colour as a data: URL. */
export const picture = async (r: number, g: number, b: number, size = 12): Promise<string> => {
  const image = sharp({ create: { width: size, height: size, channels: 3, background: { r, g, b } } });
  return `data:image/png;base64,${(await image.png().toBuffer()).toString('base64')}`;
};

/** The same data whose items have a picture in `image`, the first one none. */
export const withPictures = async (data: Dataset): Promise<Dataset> => {
  const values: (string | null)[] = [null];
  for (let item = 1; item < data.items.size; item++) {
    values.push(await picture((item * 67) % 256, (item * 131) % 256, (item * 29) % 256));
  }
  return createDataset({
    users: data.users,
    items: data.items,
    interactions: data.interactions,
    userFeatures: data.userFeatures,
    itemFeatures: {
      rows: data.itemFeatures.rows,
      columns: { ...data.itemFeatures.columns, image: { kind: 'text', values } },
    },
  });
};
