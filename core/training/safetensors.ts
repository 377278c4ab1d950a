import { RecographError, type StateTensor, type TensorArray } from '../spi/index.ts';

const TYPES = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  U32: Uint32Array,
  U8: Uint8Array,
} as const;
type TypeName = keyof typeof TYPES;
type SharedView = new (buffer: SharedArrayBuffer, offset: number, length: number) => TensorArray;

const MAX_HEADER_BYTES = 100_000_000;

/**
 * Named tensors in the safetensors format: header length (u64, little endian), JSON header, then the data,
 * widest elements first so that all are aligned. https://huggingface.co/docs/safetensors
 */
export const encodeSafetensors = (tensors: Readonly<Record<string, StateTensor>>): Uint8Array => {
  const header: Record<string, { dtype: TypeName; shape: readonly number[]; data_offsets: [number, number] }> = {};
  const entries = Object.entries(tensors).sort(
    ([a, x], [b, y]) => y.data.BYTES_PER_ELEMENT - x.data.BYTES_PER_ELEMENT || (a < b ? -1 : 1),
  );
  let end = 0;
  for (const [name, { shape, data }] of entries) {
    header[name] = { dtype: typeName(data), shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.fill(0x20, 8, 8 + headerLength);
  file.set(json, 8);
  let place = 8 + headerLength;
  for (const [, { data }] of entries) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), place);
    place += data.byteLength;
  }
  return file;
};

/**
 * Copies of the file's tensors, or views where the file lies in shared memory. Throws BUNDLE_INVALID where it is not
 * whole; `name` stands in the message.
 */
export const decodeSafetensors = (file: Uint8Array, name: string): Record<string, StateTensor> => {
  const invalid = (reason: string) =>
    new RecographError('BUNDLE_INVALID', `${name} ${reason}. Train again or restore the file.`, { at: name });
  if (file.byteLength < 8) throw invalid('is truncated');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > MAX_HEADER_BYTES || 8 + headerLength > file.byteLength) throw invalid('has a damaged header');
  let header: Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;
  try {
    header = JSON.parse(Buffer.from(file.buffer, file.byteOffset + 8, headerLength).toString());
  } catch {
    throw invalid('has a header that is not JSON');
  }
  const body = file.subarray(8 + headerLength);
  const tensors: Record<string, StateTensor> = Object.create(null);
  for (const [tensor, { dtype, shape, data_offsets }] of Object.entries(header)) {
    if (tensor === '__metadata__') continue;
    const type = TYPES[dtype as TypeName];
    const [from, to] = data_offsets;
    const elements = shape.reduce((product, length) => product * length, 1);
    if (!type) throw invalid(`holds tensor "${tensor}" of the unknown type ${dtype}`);
    if (from < 0 || to > body.byteLength || to - from !== elements * type.BYTES_PER_ELEMENT) {
      throw invalid(`is cut off at tensor "${tensor}"`);
    }
    const data =
      file.buffer instanceof SharedArrayBuffer
        ? new (type as SharedView)(file.buffer, body.byteOffset + from, elements)
        : new type(Uint8Array.from(body.subarray(from, to)).buffer);
    tensors[tensor] = { shape, data };
  }
  return tensors;
};

const typeName = (data: TensorArray): TypeName => {
  for (const name of Object.keys(TYPES) as TypeName[]) if (data instanceof TYPES[name]) return name;
  throw new RecographError('INTERNAL', `A state tensor is ${Object.prototype.toString.call(data)}, not a typed array.`);
};
