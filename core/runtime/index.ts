export { createRuntime, type OwnedRuntime, type RuntimeChoice } from './create-runtime.ts';
