import { createRuntime, type ItemExtractor, type Log, type OwnedRuntime } from 'recograph';
import { createRng } from 'recograph/math';
import { audioCnn } from 'recograph/plugins/audio-cnn';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { logMel } from '../../plugins/audio-cnn/mel.ts';
import { catalogue } from '../support/catalogue.ts';
import { wav } from '../support/sounds.ts';
import { fitOptions, noInputs } from '../support/tiny.ts';

let runtime: OwnedRuntime;
beforeAll(async () => {
  runtime = await createRuntime('wasm');
});
afterAll(() => runtime.dispose());

const tone = (hertz: number, rate: number, length: number) =>
  Float64Array.from({ length }, (_, k) => 0.5 * Math.sin((2 * Math.PI * hertz * k) / rate));

it('log-mel: a tone is loudest in the band around it, and silence is the floor', () => {
  const shape = { sampleRate: 16_000, bands: 40, frames: 2 };
  const spectrogram = logMel(tone(1000, 16_000, 4096), shape);
  const first = Array.from({ length: 40 }, (_, band) => spectrogram[band * 2]!);
  // mel(1000) = 1000; 40 bands have their middles at multiples of mel(8000) / 41 = 69.27: 1000 / 69.27 = 14.4
  expect(first.indexOf(Math.max(...first))).toBe(13);
  expect(logMel(new Float64Array(4096), shape)[0]).toBeCloseTo(Math.log(1e-6), 4);
});

it('smoke test on generated sounds: tells tones from noise, in new sounds too', async () => {
  const rng = createRng(3);
  const rate = 8000;
  const noise = () => Float64Array.from({ length: 4096 }, () => rng.normal() * 0.2);
  const sounds = Array.from({ length: 24 }, (_, k) =>
    wav(k % 2 === 0 ? tone(300 + 50 * k, rate, 4096) : noise(), rate),
  );
  const { data, encode } = catalogue(
    sounds.map((audio, k) => ({ audio, kind: k % 2 === 0 ? 'tone' : 'noise' })),
    1,
    [],
    { audio: { kind: 'text' }, kind: { kind: 'category', minCount: 1 } },
  );
  const config = {
    tags: 'kind',
    sampleRate: rate,
    bands: 16,
    frames: 8,
    filters: [4, 8],
    dimensions: 2,
    epochs: 30,
    batchSize: 8,
    learningRate: 0.01,
    dropout: 0,
  };
  const log = { warn: () => undefined } as unknown as Log;
  const component = audioCnn.create(audioCnn.schema.parse(config) as never, { runtime, log } as never);
  const fitted = (await component.fit(data, noInputs, fitOptions())) as ItemExtractor;
  const asked = encode(
    { audio: wav(tone(777, rate, 4096), rate) },
    { audio: wav(tone(1111, rate, 4096), rate) },
    { audio: wav(noise(), rate) },
    { audio: 'data:audio/wav;base64,AAAA' },
  );
  const { data: vectors } = await fitted.extract(asked);
  const apart = (a: number, b: number) =>
    Math.hypot(vectors[2 * a]! - vectors[2 * b]!, vectors[2 * a + 1]! - vectors[2 * b + 1]!);
  expect(apart(0, 2)).toBeGreaterThan(2 * apart(0, 1));
  expect(vectors[6]).toBeNaN();
  fitted.dispose?.();
});
