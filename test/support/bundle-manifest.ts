import type { BundleContents } from '../../core/training/bundle.ts';

/** Of a bundle without components. */
export const bundleManifest: BundleContents['manifest'] = {
  id: 'b1',
  createdAt: 1,
  configHash: 'c',
  dataFingerprint: 'd',
  lastEventId: 9,
  versions: { recograph: '0.1.0', node: '20' },
  runtime: { kind: 'wasm', device: 'cpu' },
  metrics: {},
  components: [],
};
