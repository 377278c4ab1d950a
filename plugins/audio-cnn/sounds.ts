import type { FeatureRows, Log } from 'recograph';
import { type ItemInputs, readGrids } from 'recograph/nn';
import wavefile from 'wavefile';
import { logMel, type MelShape } from './mel.ts';

export interface SoundSource extends MelShape {
  readonly field: string;
  readonly folder: string;
}

/** Brings log-mel values of speech and music to about -1 .. 1. */
const MIDDLE = -5;
const SPREAD = 5;

/** The items' WAV files as log-mel spectrograms of one channel (the first). */
export const readSounds = (items: FeatureRows, source: SoundSource, log: Log): Promise<ItemInputs> =>
  readGrids<Float32Array>(
    items,
    {
      field: source.field,
      folder: source.folder,
      shape: [source.bands, source.frames, 1],
      decode: async (file) => logMel(samplesOf(file, source.sampleRate), source),
      value: (logPower) => (logPower - MIDDLE) / SPREAD,
    },
    log,
  );

/** -1 .. 1 at that rate. */
const samplesOf = (file: Buffer, sampleRate: number): Float64Array => {
  const wav = new wavefile.WaveFile(file);
  wav.toBitDepth('32f');
  if ((wav.fmt as { sampleRate: number }).sampleRate !== sampleRate) wav.toSampleRate(sampleRate);
  const samples = wav.getSamples(false, Float64Array as never) as unknown as Float64Array | Float64Array[];
  return Array.isArray(samples) ? samples[0]! : samples;
};
