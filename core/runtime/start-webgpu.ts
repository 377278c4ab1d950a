import { RecographError, type Tf } from '../spi/index.ts';
import { addNInGroups } from './add-n-in-groups.ts';
import { loadTf } from './load-tf.ts';
import { findPackage, packageRoots, runtimeFolder } from './optional-package.ts';
import { quietly } from './quietly.ts';
import { type Started, stopBackend } from './started.ts';
import { type Dawn, nameOf } from './webgpu-adapter.ts';

/** tfjs's WebGPU backend over Dawn (npm `webgpu`): Vulkan, Metal or D3D12. `software: true` accepts a software adapter. */
export const startWebgpu = async (options: { software: boolean }): Promise<Started> => {
  const roots = packageRoots(runtimeFolder());
  const dawnPackage = findPackage('webgpu', roots);
  const backendPackage = findPackage('@tensorflow/tfjs-backend-webgpu', roots);
  if (!dawnPackage || !backendPackage) {
    throw unavailable('the packages "webgpu" and "@tensorflow/tfjs-backend-webgpu" are not installed', INSTALL);
  }
  const dawn = (await dawnPackage.load()) as unknown as Dawn;
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create([]);
  const adapter = await gpu.requestAdapter().catch(() => null);
  if (!adapter) {
    throw unavailable(
      'no Vulkan, Metal or D3D12 driver offers an adapter',
      "Install the GPU's driver (Linux: its Vulkan driver and libvulkan1).",
    );
  }
  const { name, software } = nameOf(adapter);
  if (software && !options.software) {
    throw unavailable(`only a software adapter is there (${name})`, 'Ask for runtime "webgpu" to use it all the same.');
  }
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true, writable: true });
  const tf: Tf = await loadTf();
  await quietly(() => backendPackage.load());
  if (!(await tf.setBackend('webgpu'))) throw unavailable(`tfjs could not open ${name}`, 'Update the driver.');
  const { device } = tf.backend() as unknown as { readonly device: GpuDevice };
  addNInGroups(tf, 'webgpu', device.limits.maxStorageBuffersPerShaderStage - 1);
  return {
    kind: 'webgpu',
    gpu: true,
    device: `gpu (${name}${software ? ', software' : ''})`,
    version: tf.version_core,
    tf,
    stop: () => {
      stopBackend(tf, 'webgpu');
      // Dawn keeps the process alive while its object is referenced.
      if (before) Object.defineProperty(globalThis, 'navigator', before);
      else Reflect.deleteProperty(globalThis, 'navigator');
    },
  };
};

interface GpuDevice {
  readonly limits: { readonly maxStorageBuffersPerShaderStage: number };
}

const INSTALL = 'Run "npm install webgpu @tensorflow/tfjs-backend-webgpu@4.22", or use runtime "wasm".';

const unavailable = (lacks: string, fix: string): RecographError =>
  new RecographError('RUNTIME_UNAVAILABLE', `runtime "webgpu" cannot start: ${lacks}. ${fix}`);
