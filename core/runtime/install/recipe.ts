import type { Wheel } from './wheels.ts';

/** tfjs-node's addon over the libraries of a current TensorFlow wheel: what is fetched, and how large it is. */
export interface Recipe {
  readonly package: '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';
  readonly packageVersion: string;
  /** TensorFlow's first. */
  readonly wheels: readonly Wheel[];
  readonly installedMegabytes: number;
}

/** tfjs-node with what it depends on. */
const PACKAGE_MEGABYTES = 20;

export const downloadMegabytes = ({ wheels }: Recipe): number =>
  wheels.reduce((sum, { megabytes }) => sum + megabytes, PACKAGE_MEGABYTES);

/** What tensorflow 2.18.1 names as its extra "and-cuda". */
const CUDA: readonly (readonly [name: string, version: string, megabytes: number])[] = [
  ['cublas', '12.5.3.2', 363],
  ['cuda-cupti', '12.5.82', 14],
  ['cuda-nvcc', '12.5.82', 22],
  ['cuda-nvrtc', '12.5.82', 25],
  ['cuda-runtime', '12.5.82', 1],
  ['cudnn', '9.3.0.75', 577],
  ['cufft', '11.2.3.61', 193],
  ['curand', '10.3.6.82', 56],
  ['cusolver', '11.6.3.83', 130],
  ['cusparse', '12.5.1.3', 218],
  ['nccl', '2.21.5', 189],
  ['nvjitlink', '12.5.82', 21],
];

export const recipeFor = (gpu: boolean): Recipe =>
  gpu
    ? {
        package: '@tensorflow/tfjs-node-gpu',
        packageVersion: '4.22.0',
        wheels: [
          { name: 'tensorflow', version: '2.18.1', megabytes: 616 },
          ...CUDA.map(([name, version, megabytes]) => ({ name: `nvidia-${name}-cu12`, version, megabytes })),
        ],
        installedMegabytes: 6000,
      }
    : {
        package: '@tensorflow/tfjs-node',
        packageVersion: '4.22.0',
        wheels: [{ name: 'tensorflow-cpu', version: '2.15.0.post1', megabytes: 207 }],
        installedMegabytes: 700,
      };
