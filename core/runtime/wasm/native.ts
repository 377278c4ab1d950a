import { readFileSync } from 'node:fs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { builtFile } from '../built-file.ts';

/** Our kernels (core/runtime/assembly), run in the memory of tfjs's wasm backend: arguments are addresses there. */
export interface Native {
  matMul(
    m: number,
    n: number,
    k: number,
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    bColumn: number,
    c: number,
    scratch: number,
  ): void;
  sumColumns(x: number, rows: number, columns: number, out: number): void;
  copyRows(table: number, columns: number, indices: number, count: number, out: number): void;
  sumBags(table: number, columns: number, offsets: number, indices: number, ...rest: number[]): void;
  addRows(x: number, columns: number, indices: number, count: number, sums: number, rows: number): void;
  copyRuns(from: number, fromStride: number, to: number, toStride: number, bytes: number, rows: number): void;
  accumulateRows(
    x: number,
    columns: number,
    indices: number,
    count: number,
    place: number,
    list: number,
    sums: number,
    known: number,
  ): number;
  accumulateBags(x: number, columns: number, offsets: number, indices: number, ...rest: number[]): number;
  adamRows(values: number, first: number, second: number, columns: number, list: number, ...rest: number[]): void;
  adagradRows(values: number, sums: number, columns: number, list: number, ...rest: number[]): void;
  sgdRows(values: number, velocity: number, columns: number, list: number, ...rest: number[]): void;
  addBias(x: number, rows: number, columns: number, bias: number, relu: number): void;
  dropout(x: number, count: number, seed: number, rate: number, out: number): void;
  layerNorm(x: number, rows: number, columns: number, ...rest: number[]): void;
  layerNormGradient(dy: number, x: number, rows: number, columns: number, ...rest: number[]): void;
  causalAttention(queries: number, keysValues: number, positions: number, at: number, ...rest: number[]): void;
  causalAttentionGradient(dOut: number, queries: number, keysValues: number, ...rest: number[]): void;
  dotRows(x: number, y: number, rows: number, columns: number, out: number): void;
  sharedSoftmax(logits: number, steps: number, others: number, ...rest: number[]): number;
  gru(x: number, weights: number, bias: number, positions: number, ...rest: number[]): void;
  gruGradient(dy: number, weights: number, positions: number, ...rest: number[]): void;
}

export interface PagedMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The part of the global WebAssembly used here; Node has it, Node's types do not. */
const { Instance, Memory, Module } = (
  globalThis as unknown as {
    WebAssembly: {
      Module: new (bytes: Uint8Array) => object;
      Memory: new (limits: { initial: number; maximum: number }) => PagedMemory;
      Instance: new (module: object, imports: object) => { readonly exports: unknown };
    };
  }
).WebAssembly;

/** What Emscripten keeps of the module it started. */
interface EmscriptenModule {
  readonly asm: { readonly memory: object };
  _malloc(bytes: number): number;
  _free(address: number): void;
}

let compiled: object | undefined;
const instances = new WeakMap<BackendWasm, Native>();

/** The kernels over a memory; what lies where is the caller's business. */
export const nativeIn = (memory: object): Native => {
  compiled ??= new Module(readFileSync(builtFile('kernels.wasm')));
  return new Instance(compiled, { env: { memory } }).exports as Native;
};

/** A memory of 64 KiB pages that can grow. */
export const pagedMemory = (initial: number, maximum: number): PagedMemory => new Memory({ initial, maximum });

export const nativeOf = (backend: BackendWasm): Native => {
  let native = instances.get(backend);
  if (!native) {
    native = nativeIn(emscripten(backend).asm.memory);
    instances.set(backend, native);
  }
  return native;
};

/** Runs with so many bytes of the backend's memory, freed afterwards. */
export const withScratch = (backend: BackendWasm, bytes: number, run: (address: number) => void): void => {
  const module = emscripten(backend);
  const address = module._malloc(bytes) >>> 0;
  try {
    run(address);
  } finally {
    module._free(address);
  }
};

/** Where a tensor's elements lie. */
export const addressOf = (backend: BackendWasm, tensor: { dataId: object }): number =>
  backend.getMemoryOffset(tensor.dataId);

const emscripten = (backend: BackendWasm): EmscriptenModule => backend.wasm as unknown as EmscriptenModule;
