/** tfjs-node's addon over the libraries of a current TensorFlow wheel: what is fetched, and how large it is. */
export interface Recipe {
  readonly package: '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';
  readonly packageVersion: string;
  readonly wheel: string;
  readonly wheelVersion: string;
  readonly downloadMegabytes: number;
  readonly installedMegabytes: number;
}

export const recipeFor = (gpu: boolean): Recipe =>
  gpu
    ? {
        package: '@tensorflow/tfjs-node-gpu',
        packageVersion: '4.22.0',
        wheel: 'tensorflow',
        wheelVersion: '2.18.1',
        downloadMegabytes: 640,
        installedMegabytes: 1600,
      }
    : {
        package: '@tensorflow/tfjs-node',
        packageVersion: '4.22.0',
        wheel: 'tensorflow-cpu',
        wheelVersion: '2.15.0.post1',
        downloadMegabytes: 220,
        installedMegabytes: 700,
      };
