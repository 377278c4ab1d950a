export { createGpuRuntime, createRuntime, type OwnedRuntime, type RuntimeChoice } from './create-runtime.ts';
export { describeRuntimes, doctorRuntime, type RuntimeCheck, type RuntimeReport } from './describe-runtimes.ts';
export {
  type InstalledRuntime,
  type InstallOptions,
  installRuntime,
  removeRuntime,
} from './install/install-runtime.ts';
export { runtimeFolder } from './optional-package.ts';
