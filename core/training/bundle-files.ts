import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ComponentState, RecographError } from '../spi/index.ts';
import { BUNDLE_FORMAT, type BundleContents, type BundleManifest } from './bundle.ts';
import { isLeftBehind, thisOwner } from './owner.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

const MANIFEST = 'manifest.json';
/** SHA-256 of the manifest, which holds those of all other files. */
const SEAL = 'manifest.sha256';
/** A bundle's front, each part in a file of its own: what has not changed from one bundle to the next has an equal hash. */
const PARTS = ['users', 'items', 'typeNames', 'config', 'features', 'fallback'] as const;
const READ_BYTES = 2 ** 26;
const UNFINISHED = '.writing-';

/**
 * Writes a bundle folder whole or not at all: into a folder beside it, flushed to disk, then renamed.
 * Throws DISK_FULL with nothing left behind.
 */
export const writeBundle = async (folder: string, contents: BundleContents): Promise<BundleManifest> => {
  const parent = dirname(folder);
  const draft = join(parent, `${UNFINISHED}${thisOwner()}-${basename(folder)}`);
  try {
    await mkdir(draft, { recursive: true });
    const files: Record<string, { bytes: number; sha256: string }> = {};
    const put = async (name: string, bytes: Uint8Array): Promise<void> => {
      await writeFlushed(join(draft, name), bytes);
      files[name] = { bytes: bytes.byteLength, sha256: sha256(bytes) };
    };
    const putJson = (name: string, value: unknown) => put(name, Buffer.from(JSON.stringify(value)));

    for (const part of PARTS) await putJson(`${part}.json`, contents[part]);
    for (const [key, state] of Object.entries(contents.states)) {
      await putJson(`${fileOf(key)}.json`, state.json);
      await put(fileOf(key) + TENSORS, encodeSafetensors(state.tensors));
    }

    const manifest: BundleManifest = { ...contents.manifest, format: BUNDLE_FORMAT, files };
    const text = Buffer.from(JSON.stringify(manifest, null, 1));
    await writeFlushed(join(draft, MANIFEST), text);
    await writeFlushed(join(draft, SEAL), Buffer.from(sha256(text)));
    await flushFolder(draft);
    await rename(draft, folder);
    await flushFolder(parent);
    return manifest;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
      const message = `No space is left for bundle ${folder}. Nothing of it was kept; free some space and train again.`;
      throw new RecographError('DISK_FULL', message, { at: folder, cause: error });
    }
    throw error;
  }
};

/** The manifest alone, checked against its seal and this release's format. */
export const readManifest = async (folder: string): Promise<BundleManifest> => {
  const path = join(folder, MANIFEST);
  const text = await readFile(path).catch(() => undefined);
  const expected = await readFile(join(folder, SEAL), 'utf8').catch(() => undefined);
  if (!text || sha256(text) !== expected) throw damaged(path);
  const manifest = JSON.parse(text.toString()) as BundleManifest;
  if (manifest.format !== BUNDLE_FORMAT) {
    const message = `Bundle ${folder} has format ${manifest.format}; this release reads ${BUNDLE_FORMAT}. Train again: recograph train`;
    throw new RecographError('BUNDLE_INVALID', message, { at: path });
  }
  return manifest;
};

/** A bundle's files of tensors by name, whole, in memory that threads share. */
export type TensorFiles = Readonly<Record<string, Uint8Array>>;

/**
 * Reads the tensors' files into what `allocate` gives, and checks the front's, which who shares them does not read.
 * Throws BUNDLE_INVALID.
 */
export const readTensorFiles = async (
  folder: string,
  allocate: (bytes: number) => Uint8Array,
): Promise<TensorFiles> => {
  const manifest = await readManifest(folder);
  const file = checkedFiles(folder, manifest);
  const read: Record<string, Uint8Array> = {};
  for (const [name, { bytes }] of Object.entries(manifest.files)) {
    if (name.endsWith(TENSORS)) read[name] = await file.bytesInto(allocate(bytes), name);
    else if (!name.startsWith(PREFIX)) await file.bytes(name);
  }
  return read;
};

/** The part of a bundle's contents of that name. */
export type FrontPart = (typeof PARTS)[number];

/** A bundle whose files are read, and checked against its manifest, as they are asked for. */
export interface OpenBundle {
  readonly manifest: BundleManifest;
  /** Throws BUNDLE_INVALID. */
  part<P extends FrontPart>(name: P): Promise<BundleContents[P]>;
  /** Whether a part is the same as another bundle's; its file is not read. */
  isSame(name: FrontPart, other: BundleManifest): boolean;
  /** But for `tensorFiles`, which were checked when they were read: the tensors are views on them. Throws BUNDLE_INVALID. */
  states(tensorFiles?: TensorFiles): Promise<BundleContents['states']>;
}

/** Throws BUNDLE_INVALID. */
export const openBundle = async (folder: string): Promise<OpenBundle> => {
  const manifest = await readManifest(folder);
  const file = checkedFiles(folder, manifest);
  return {
    manifest,
    part: (name) => file.json(`${name}.json`),
    isSame: (name, other) => {
      const path = `${name}.json`;
      return manifest.files[path]?.sha256 === other.files[path]?.sha256;
    },
    states: async (tensorFiles = {}) => {
      const states: Record<string, ComponentState> = Object.create(null);
      for (const name of Object.keys(manifest.files)) {
        const key = /^(component-.*)\.json$/.exec(name)?.[1];
        if (key === undefined) continue;
        const tensors = key + TENSORS;
        states[keyOf(key)] = {
          json: await file.json(`${key}.json`),
          tensors: decodeSafetensors(tensorFiles[tensors] ?? (await file.bytes(tensors)), join(folder, tensors)),
        };
      }
      return states;
    },
  };
};

/** Reads a bundle whole and checks every file against its manifest. Throws BUNDLE_INVALID on any difference. */
export const readBundle = async (folder: string): Promise<BundleContents & { manifest: BundleManifest }> => {
  const { manifest, part, states } = await openBundle(folder);
  return {
    manifest,
    users: await part('users'),
    items: await part('items'),
    typeNames: await part('typeNames'),
    config: await part('config'),
    features: await part('features'),
    fallback: await part('fallback'),
    states: await states(),
  };
};

const checkedFiles = (folder: string, manifest: BundleManifest) => {
  const bytes = async (name: string): Promise<Buffer> => {
    const path = join(folder, name);
    const expected = manifest.files[name];
    const read = await readFile(path).catch(() => undefined);
    if (!read || !expected || read.byteLength !== expected.bytes || sha256(read) !== expected.sha256) {
      throw damaged(path);
    }
    return read;
  };
  const bytesInto = async (target: Uint8Array, name: string): Promise<Uint8Array> => {
    const path = join(folder, name);
    const length = await readInto(target, path).catch(() => -1);
    if (length !== target.byteLength || sha256(target) !== manifest.files[name]?.sha256) throw damaged(path);
    return target;
  };
  return { bytes, bytesInto, json: async (name: string) => JSON.parse((await bytes(name)).toString()) };
};

/** Removes what killed trainings left half-written; the draft of a process that runs is its own. `now` in ms. */
export const removeUnfinishedBundles = async (parent: string, now: number): Promise<void> => {
  const names = await readdir(parent).catch(() => [] as string[]);
  for (const name of names) {
    if (!name.startsWith(UNFINISHED)) continue;
    const draft = join(parent, name);
    const owner = name.slice(UNFINISHED.length).split('-')[0]!;
    if (await isLeftBehind(draft, owner, now)) await removeBundle(draft);
  }
};

/** Removes a bundle's folder. */
export const removeBundle = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

const PREFIX = 'component-';
const TENSORS = '.safetensors';
const fileOf = (key: string): string => PREFIX + encodeURIComponent(key);
const keyOf = (file: string): string => decodeURIComponent(file.slice(PREFIX.length));
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const damaged = (path: string): RecographError =>
  new RecographError(
    'BUNDLE_INVALID',
    `${path} is missing, truncated or damaged. Restore the file, or train again: recograph train`,
    {
      at: path,
    },
  );

/** The file's length; what is longer than `target` is not read. */
const readInto = async (target: Uint8Array, path: string): Promise<number> => {
  await using file = await open(path);
  const { size } = await file.stat();
  for (let at = 0; at < target.byteLength; ) {
    const { bytesRead } = await file.read(target, at, Math.min(READ_BYTES, target.byteLength - at), at);
    if (bytesRead === 0) return at;
    at += bytesRead;
  }
  return size;
};

const writeFlushed = async (path: string, bytes: Uint8Array): Promise<void> => {
  await using file = await open(path, 'wx');
  await file.writeFile(bytes);
  await file.sync();
};

const flushFolder = async (folder: string): Promise<void> => {
  await using handle = await open(folder, 'r');
  await handle.sync();
};
