import { type FileHandle, open, rm } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import { RecographError } from '../../spi/index.ts';

/** Checked batches on their way to the store, kept in a file so that memory does not grow with the data. */
export interface Spool<T> {
  add(batch: T): Promise<void>;
  /** The batches in the order added. */
  read(): AsyncIterable<T>;
  close(): Promise<void>;
}

export const createSpool = async <T>(path: string): Promise<Spool<T>> => {
  let file: FileHandle;
  try {
    file = await open(path, 'w+');
    // Without its name the file goes with the process, however that ends. Where the system forbids it, `close` does it.
    await rm(path, { force: true }).catch(() => undefined);
  } catch (error) {
    throw spoolError(error, path);
  }
  const lengths: number[] = [];
  let end = 0;
  return {
    add: async (batch) => {
      const bytes = serialize(batch);
      try {
        await file.write(bytes, 0, bytes.length, end);
      } catch (error) {
        throw spoolError(error, path);
      }
      lengths.push(bytes.length);
      end += bytes.length;
    },
    read: async function* () {
      let position = 0;
      for (const length of lengths) {
        const bytes = Buffer.allocUnsafe(length);
        await file.read(bytes, 0, length, position);
        position += length;
        yield deserialize(bytes) as T;
      }
    },
    close: async () => {
      await file.close();
      await rm(path, { force: true });
    },
  };
};

const spoolError = (error: unknown, path: string): unknown =>
  (error as { code?: unknown }).code === 'ENOSPC'
    ? new RecographError('DISK_FULL', `${path}: no space is left; nothing was imported. Free space and retry.`, {
        at: path,
        cause: error,
      })
    : error;
