import type { Command } from 'commander';
import { installRuntime, removeRuntime, runtimeFolder } from '../../core/runtime/index.ts';
import type { GlobalOptions } from '../context.ts';
import { createOutput } from '../output.ts';

export const addRuntime = (runtime: Command): void => {
  runtime
    .command('install')
    .description('Fetch a current TensorFlow and build its addon (Linux x64). Says first how much it downloads.')
    .option('--gpu', 'the CUDA 12 build')
    .action(async (options: { gpu?: boolean }, command: Command) => {
      const output = createOutput(command.optsWithGlobals<GlobalOptions>().json);
      const abort = new AbortController();
      const cancel = () => abort.abort();
      process.once('SIGINT', cancel);
      process.once('SIGTERM', cancel);
      const bar = output.progress('MB');
      const installed = await installRuntime({
        gpu: options.gpu ?? false,
        report: output.note,
        progress: (done, total) => bar.update(Math.round(done / 1e6), Math.round(total / 1e6)),
        signal: abort.signal,
      }).finally(() => bar.stop());
      output.result(installed, () => `TensorFlow ${installed.version} on ${installed.device}, in ${installed.folder}.`);
    });
  runtime
    .command('remove')
    .description('Delete what `runtime install` made.')
    .action(async (_options: object, command: Command) => {
      const output = createOutput(command.optsWithGlobals<GlobalOptions>().json);
      const folder = runtimeFolder();
      const removed = await removeRuntime(folder);
      output.result({ removed, folder }, () => (removed ? `Removed ${folder}.` : `Nothing is installed in ${folder}.`));
    });
};
