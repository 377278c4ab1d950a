import FFT from 'fft.js';

export interface MelShape {
  readonly sampleRate: number;
  /** Bands between 0 Hz and half the sample rate. */
  readonly bands: number;
  /** Spectra that are kept: the first ones. */
  readonly frames: number;
}

const WINDOW = 1024;
const HOP = 512;
/** Keeps the logarithm of silence finite. */
const FLOOR = 1e-6;

/** 2595 log10(1 + f / 700) (O'Shaughnessy 1987). */
const mel = (hertz: number): number => 2595 * Math.log10(1 + hertz / 700);
const hertz = (value: number): number => 700 * (10 ** (value / 2595) - 1);

/**
 * The log-mel spectrogram [bands x frames]: Hann windows of 1024 samples, 512 apart; their power spectra summed by triangular
 * filters, evenly spaced on the mel scale; the natural logarithm. Behind the end of the sound it is silent.
 */
export const logMel = (samples: Float32Array | Float64Array, { sampleRate, bands, frames }: MelShape): Float32Array => {
  const fft = new FFT(WINDOW);
  const input = new Array<number>(WINDOW);
  const spectrum = fft.createComplexArray() as number[];
  const filters = melFilters(sampleRate, bands);
  const result = new Float32Array(bands * frames);
  for (let frame = 0; frame < frames; frame++) {
    for (let k = 0; k < WINDOW; k++) {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * k) / (WINDOW - 1));
      input[k] = (samples[frame * HOP + k] ?? 0) * hann;
    }
    fft.realTransform(spectrum, input);
    filters.forEach(({ first, weights }, band) => {
      let power = 0;
      weights.forEach((weight, k) => {
        const bin = first + k;
        power += (weight * (spectrum[2 * bin]! ** 2 + spectrum[2 * bin + 1]! ** 2)) / WINDOW;
      });
      result[band * frames + frame] = Math.log(FLOOR + power);
    });
  }
  return result;
};

/** Triangles over the bins of a spectrum, from one band's middle to the next but one. */
const melFilters = (sampleRate: number, bands: number) => {
  const top = mel(sampleRate / 2);
  const edges = Array.from({ length: bands + 2 }, (_, k) => (hertz((top * k) / (bands + 1)) * WINDOW) / sampleRate);
  return Array.from({ length: bands }, (_, band) => {
    const [from, middle, to] = edges.slice(band, band + 3) as [number, number, number];
    const first = Math.ceil(from);
    const weights: number[] = [];
    for (let bin = first; bin <= to && bin <= WINDOW / 2; bin++) {
      weights.push(Math.max(0, bin <= middle ? (bin - from) / (middle - from) : (to - bin) / (to - middle)));
    }
    return { first, weights };
  });
};
