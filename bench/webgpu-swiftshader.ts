/**
 * WebGPU without a GPU: trains and scores a small network of each shape on the software driver SwiftShader, beside the
 * cpu reference. Needs the packages `webgpu` and `@tensorflow/tfjs-backend-webgpu` (in the project, or in the folder
 * RECOGRAPH_RUNTIME_DIR), libvulkan1, and Debian's `chromium` for the driver:
 *
 *   VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json npm run bench -- webgpu
 */
import { compareShapes } from './gpu-kit/shapes.ts';

const rows = await compareShapes('webgpu');
console.table(rows);
if (rows.some(({ ok }) => !ok)) process.exitCode = 1;
