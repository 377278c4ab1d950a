import { compareShapes } from '../gpu-kit/shapes.ts';
import type { Benchmark } from '../harness/benchmark.ts';

/**
 * WebGPU without a GPU. Needs the packages `webgpu@0.6` and `@tensorflow/tfjs-backend-webgpu@4.22` (in the project, or
 * installed in the folder RECOGRAPH_RUNTIME_DIR), libvulkan1, and Debian's `chromium` for its software driver:
 * VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json.
 */
export default {
  name: 'webgpu-swiftshader',
  about: 'Networks of each shape train and score on WebGPU as on the plain JavaScript reference.',
  asked: { 'loss difference': { atMost: 1e-3 }, 'relative score difference': { atMost: 1e-4 } },
  run: async (context) => {
    const rows = await compareShapes('webgpu');
    for (const row of rows) context.note({ ...row });
    context.runtime('webgpu');
    context.figure('loss difference', Math.max(...rows.map(({ lossDifference }) => lossDifference)));
    context.figure('relative score difference', Math.max(...rows.map(({ scoreDifference }) => scoreDifference)));
  },
} satisfies Benchmark;
