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
  await mkdir(arriving, { recursive: true });
  let most = 0;
  // pip gathers downloads in the temporary folder: its size there is how far it is, whatever pip's version.
  const watch = setInterval(async () => {
    most = Math.max(most, Math.min(total, await bytesIn(arriving)));
    progress(most, total);
  }, POLL_MS);
  try {
    const platforms = PLATFORMS.flatMap((platform) => ['--platform', platform]);
    const wanted = wheels.map(({ name, version }) => `${name}==${version}`);
    const download = ['download', '--no-deps', '--only-binary=:all:', ...TARGET, ...platforms, '--no-cache-dir'];
    await command('pip', [...download, '--dest', complete, ...wanted], {
      cwd: folder,
      signal,
      env: { TMPDIR: arriving },
    });
  } finally {
    clearInterval(watch);
  }
  most = total;
  progress(total, total);
  const files = (await readdir(complete)).map((file) => join(complete, file));
  await command('python3', ['-c', UNPACK, ...files], { cwd: folder, signal });
  await Promise.all([arriving, complete].map((path) => rm(path, { recursive: true })));
};

const UNPACK = 'import sys, zipfile; [zipfile.ZipFile(file).extractall("wheel") for file in sys.argv[1:]]';

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
