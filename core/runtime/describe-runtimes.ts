import type { RuntimeKind, TensorRuntime } from '../spi/index.ts';
import { findPackage, packageRoots, runtimeFolder } from './optional-package.ts';
import { findTensorflow } from './start-tensorflow.ts';
import { probeAdapter } from './webgpu-adapter.ts';

/** What a runtime would run on, or what it lacks here and the command that fixes it. Nothing is started. */
export interface RuntimeReport {
  readonly kind: RuntimeKind;
  readonly installed: boolean;
  readonly detail: string;
  readonly fix?: string;
}

export const describeRuntimes = (): readonly RuntimeReport[] => {
  const tensorflow = findTensorflow();
  const roots = packageRoots(runtimeFolder());
  const absent = ['webgpu', '@tensorflow/tfjs-backend-webgpu'].filter((name) => !findPackage(name, roots));
  return [
    tensorflow
      ? { kind: 'tensorflow', installed: true, detail: `${tensorflow.name} at ${tensorflow.path}` }
      : {
          kind: 'tensorflow',
          installed: false,
          detail: 'neither @tensorflow/tfjs-node-gpu nor @tensorflow/tfjs-node is installed',
          fix: 'npx recograph runtime install (add --gpu for CUDA)',
        },
    absent.length === 0
      ? { kind: 'webgpu', installed: true, detail: 'packages are installed; it needs a Vulkan, Metal or D3D12 driver' }
      : {
          kind: 'webgpu',
          installed: false,
          detail: `not installed: ${absent.join(', ')}`,
          fix: 'npm install webgpu @tensorflow/tfjs-backend-webgpu@4.22',
        },
    { kind: 'wasm', installed: true, detail: 'WebAssembly with SIMD on the CPU; always there' },
    { kind: 'cpu', installed: true, detail: 'plain JavaScript, the reference for tests' },
  ];
};

/** One line of `recograph doctor`. */
export interface RuntimeCheck {
  readonly name: string;
  readonly status: 'pass' | 'warn' | 'fail';
  readonly detail: string;
  readonly fix: string | null;
}

/** Runs a small gradient on the active runtime, and says of every other what it lacks. */
export const doctorRuntime = async (active: TensorRuntime): Promise<readonly RuntimeCheck[]> => {
  const { tf } = active;
  const answer = active.scope(() => {
    const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    return tf.grad((rows) => tf.sum(tf.square(tf.gather(rows, tf.tensor1d([0, 0, 1], 'int32')))) as never)(x);
  });
  const right = [...(await answer.data())].join() === '4,8,6,8';
  answer.dispose();
  const { version } = active.describe();
  const own: RuntimeCheck = {
    name: `runtime ${active.kind}`,
    status: right ? 'pass' : 'fail',
    detail: `active on ${active.device}, version ${version}${right ? '' : '; it gave a wrong gradient'}`,
    fix: right ? null : 'set runtime: "wasm" in the config',
  };
  const others: RuntimeCheck[] = [];
  for (const { kind, installed, detail, fix } of describeRuntimes()) {
    if (kind === active.kind) continue;
    const name = `runtime ${kind}`;
    if (kind === 'webgpu' && installed) others.push({ name, ...(await checkAdapter()) });
    else others.push({ name, status: installed ? 'pass' : 'warn', detail, fix: fix ?? null });
  }
  const cuda: RuntimeCheck = { name: 'tensorflow-cuda', status: 'warn', detail: 'untested', fix: null };
  return active.kind === 'tensorflow' && active.gpu ? [own, ...others] : [own, ...others, cuda];
};

const checkAdapter = async (): Promise<Omit<RuntimeCheck, 'name'>> => {
  const dawn = findPackage('webgpu', packageRoots(runtimeFolder()));
  const adapter = dawn && (await probeAdapter(dawn.path));
  if (!adapter) {
    return {
      status: 'warn',
      detail: 'packages are installed, but no Vulkan, Metal or D3D12 driver offers an adapter',
      fix: "install the GPU's driver (Linux: its Vulkan driver and libvulkan1)",
    };
  }
  const { name, software } = adapter;
  return software
    ? {
        status: 'warn',
        detail: `only a software adapter is there (${name})`,
        fix: 'runtime: "webgpu" uses it all the same',
      }
    : { status: 'pass', detail: `ready on gpu (${name})`, fix: null };
};
