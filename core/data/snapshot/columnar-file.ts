import { open, rename, rm, stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Json, TensorArray } from '../../spi/index.ts';

/** A text section stands as UTF-8 bytes. */
export type Section = TensorArray | string;
export interface ColumnarFile<M extends Json> {
  readonly meta: M;
  readonly sections: ReadonlyMap<string, Section>;
}

interface Entry {
  readonly name: string;
  readonly type: keyof typeof ARRAYS | 'text';
  readonly offset: number;
  readonly bytes: number;
  readonly crc: number;
}

const ARRAYS = { Float32Array, Float64Array, Int32Array, Uint32Array, Uint8Array };
const MAGIC = 'RGCOLS01';
const HEAD_BYTES = 16;

/** Magic, header length and checksum, header (JSON: meta and where each section lies), sections at multiples of 8. */
export const writeColumnarFile = async <M extends Json>(path: string, file: ColumnarFile<M>): Promise<void> => {
  const bodies = [...file.sections].map(([name, section]) => ({
    name,
    type: typeOf(section),
    bytes: bytesOf(section),
  }));
  let offset = 0;
  const entries = bodies.map(({ name, type, bytes }): Entry => {
    const entry = { name, type, offset, bytes: bytes.length, crc: crc32(bytes) };
    offset += padded(bytes.length);
    return entry;
  });
  const header = Buffer.from(JSON.stringify({ meta: file.meta, entries }));
  const head = Buffer.alloc(HEAD_BYTES + padded(header.length));
  head.write(MAGIC, 'latin1');
  head.writeUInt32LE(header.length, 8);
  head.writeUInt32LE(crc32(header), 12);
  head.set(header, HEAD_BYTES);

  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.write(head);
      for (const { bytes } of bodies) {
        await handle.write(bytes);
        if (padded(bytes.length) > bytes.length) await handle.write(Buffer.alloc(padded(bytes.length) - bytes.length));
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};

/** undefined where there is no such file, or it is truncated, damaged or of another version. */
export const readColumnarFile = async <M extends Json>(path: string): Promise<ColumnarFile<M> | undefined> => {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size < HEAD_BYTES) return undefined;
  const buffer = new ArrayBuffer(found.size);
  const bytes = Buffer.from(buffer);
  const handle = await open(path, 'r');
  try {
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(bytes.length - at, READ_BYTES), at);
      if (bytesRead === 0) return undefined;
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
  const headerBytes = bytes.readUInt32LE(8);
  const header = bytes.subarray(HEAD_BYTES, HEAD_BYTES + headerBytes);
  if (bytes.toString('latin1', 0, 8) !== MAGIC || crc32(header) !== bytes.readUInt32LE(12)) return undefined;
  const { meta, entries } = JSON.parse(header.toString()) as { meta: M; entries: Entry[] };
  const sections = new Map<string, Section>();
  for (const entry of entries) {
    const start = HEAD_BYTES + padded(headerBytes) + entry.offset;
    const body = bytes.subarray(start, start + entry.bytes);
    if (body.length !== entry.bytes || crc32(body) !== entry.crc) return undefined;
    if (entry.type === 'text') sections.set(entry.name, body.toString());
    else {
      const type = ARRAYS[entry.type];
      sections.set(entry.name, new type(buffer, start, entry.bytes / type.BYTES_PER_ELEMENT));
    }
  }
  return { meta, sections };
};

const READ_BYTES = 64 * 1024 * 1024;
const padded = (length: number): number => (length + 7) & ~7;

const typeOf = (section: Section): Entry['type'] =>
  typeof section === 'string' ? 'text' : (section.constructor.name as keyof typeof ARRAYS);

const bytesOf = (section: Section): Uint8Array =>
  typeof section === 'string'
    ? Buffer.from(section)
    : new Uint8Array(section.buffer, section.byteOffset, section.byteLength);
