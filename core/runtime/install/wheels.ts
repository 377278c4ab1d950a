import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from './command.ts';

/** A package of Python's index at one version, for Linux x64, and how large its file is. */
export interface Wheel {
  readonly name: string;
  readonly version: string;
  readonly megabytes: number;
}

/** Bytes so far, of about so many. */
export type DownloadProgress = (done: number, total: number) => void;

const TARGET = ['--python-version', '311', '--implementation', 'cp', '--abi', 'cp311', '--abi', 'none'];
const PLATFORMS = ['manylinux2014_x86_64', 'manylinux_2_17_x86_64', 'manylinux1_x86_64'];
const POLL_MS = 500;

/** Fetches wheels through pip, which checks each against the index's hash, and unpacks them into `folder`/wheel. */
export const fetchWheels = async (
  folder: string,
  wheels: readonly Wheel[],
  progress: DownloadProgress,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const [arriving, complete] = [join(folder, 'arriving'), join(folder, 'download')];
  const total = wheels.reduce((sum, { megabytes }) => sum + megabytes * 1e6, 0);
  let before = 0;
  for (const { name, version, megabytes } of wheels) {
    await mkdir(arriving, { recursive: true });
    // pip gathers a download in the temporary folder: its size there is how far it is, whatever pip's version.
    const watch = setInterval(async () => {
      progress(before + Math.min(megabytes * 1e6, await bytesIn(arriving)), total);
    }, POLL_MS);
    try {
      const platforms = PLATFORMS.flatMap((platform) => ['--platform', platform]);
      const from = [...TARGET, ...platforms, '--no-cache-dir', '--dest', complete, `${name}==${version}`];
      await command('pip', ['download', '--no-deps', '--only-binary=:all:', ...from], {
        cwd: folder,
        signal,
        env: { TMPDIR: arriving },
      });
    } finally {
      clearInterval(watch);
    }
    before += megabytes * 1e6;
    progress(before, total);
    for (const file of await readdir(complete)) {
      await command('python3', ['-m', 'zipfile', '-e', join(complete, file), 'wheel'], { cwd: folder, signal });
    }
    await rm(complete, { recursive: true });
  }
  await rm(arriving, { recursive: true, force: true });
};

/** Files may vanish while they are counted. */
const bytesIn = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let sum = 0;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const found = await stat(join(entry.parentPath ?? entry.path, entry.name)).catch(() => undefined);
    sum += found?.size ?? 0;
  }
  return sum;
};
