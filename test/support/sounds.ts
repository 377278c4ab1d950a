import { createDataset, type Dataset } from 'recograph';
import wavefile from 'wavefile';

/** Samples -1 .. 1 as a 16-bit WAV in a data: URL. */
export const wav = (samples: Float64Array, rate: number): string => {
  const file = new wavefile.WaveFile();
  file.fromScratch(
    1,
    rate,
    '16',
    Array.from(samples, (sample) => Math.round(sample * 32_767)),
  );
  return `data:audio/wav;base64,${Buffer.from(file.toBuffer()).toString('base64')}`;
};

/** The same data whose items have a tone in `audio`, the first one none. */
export const withSounds = (data: Dataset): Dataset => {
  const values = Array.from({ length: data.items.size }, (_, item) =>
    item === 0
      ? null
      : wav(
          Float64Array.from({ length: 2048 }, (_, k) => Math.sin((k * (item + 2)) / 20)),
          8000,
        ),
  );
  return createDataset({
    users: data.users,
    items: data.items,
    interactions: data.interactions,
    userFeatures: data.userFeatures,
    itemFeatures: {
      rows: data.itemFeatures.rows,
      columns: { ...data.itemFeatures.columns, audio: { kind: 'text', values } },
    },
  });
};
