import { RecographError } from '../../spi/index.ts';
import { isThere } from './command.ts';

/** Throws RUNTIME_UNAVAILABLE where TensorFlow for Node cannot be built, with the command that changes it. */
export const checkMachine = async (
  { platform, arch } = process as { platform: string; arch: string },
): Promise<void> => {
  const unavailable = (lacks: string, fix: string) =>
    new RecographError('RUNTIME_UNAVAILABLE', `runtime "tensorflow" cannot be installed: ${lacks}. ${fix}`);
  if (platform !== 'linux' || arch !== 'x64') {
    throw unavailable(`it is there for linux x64, this is ${platform} ${arch}`, 'Use runtime "webgpu" or "wasm".');
  }
  const needed = ['g++', 'make', 'python3', 'pip', 'npm'];
  const present = await Promise.all(needed.map(isThere));
  const missing = needed.filter((_, k) => !present[k]);
  if (missing.length > 0) {
    throw unavailable(
      `these programs are missing: ${missing.join(', ')}`,
      'On Debian or Ubuntu run "apt-get install g++ make python3 python3-pip npm".',
    );
  }
};
