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
  sumColumns(x: number, blocks: number, rows: number, columns: number, out: number): void;
  copyRows(table: number, columns: number, indices: number, count: number, out: number): void;
  sumBags(table: number, columns: number, offsets: number, indices: number, ...rest: number[]): void;
  addRows(x: number, columns: number, indices: number, count: number, sums: number, rows: number): void;
  copyRuns(from: number, fromStride: number, to: number, toStride: number, bytes: number, rows: number): void;
  sortByRow(indices: number, count: number, rows: number, order: number, scratch: number): void;
  accumulateRows(x: number, columns: number, indices: number, order: number, ...rest: number[]): number;
  accumulateBags(x: number, columns: number, offsets: number, indices: number, ...rest: number[]): number;
  adamRows(values: number, first: number, second: number, columns: number, list: number, ...rest: number[]): void;
  adagradRows(values: number, sums: number, columns: number, list: number, ...rest: number[]): void;
  sgdRows(values: number, velocity: number, columns: number, list: number, ...rest: number[]): void;
  addBias(x: number, rows: number, columns: number, bias: number, relu: number): void;
  dropout(x: number, count: number, seed: number, rate: number, out: number): void;
  equalAlong(x: number, y: number, outer: number, middle: number, inner: number, out: number): void;
  layerNorm(x: number, rows: number, columns: number, ...rest: number[]): void;
  layerNormGradient(dy: number, x: number, rows: number, columns: number, ...rest: number[]): void;
  causalAttention(queries: number, keysValues: number, positions: number, at: number, ...rest: number[]): void;
  causalAttentionGradient(dOut: number, queries: number, keysValues: number, ...rest: number[]): void;
  dotRows(x: number, y: number, rows: number, columns: number, out: number): void;
  sharedSoftmax(logits: number, steps: number, others: number, ...rest: number[]): number;
  gru(x: number, weights: number, bias: number, positions: number, ...rest: number[]): void;
  gruGradient(dy: number, weights: number, positions: number, ...rest: number[]): void;
}

/** Shared memory of 64 KiB pages: a view taken before it grows stays valid. */
export interface SharedPages {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

/** The part of the global WebAssembly used here; Node has it, Node's types do not. */
const { Instance, Memory, Module } = (
  globalThis as unknown as {
    WebAssembly: {
      Module: new (bytes: Uint8Array) => object;
      Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => SharedPages;
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

const compiled = new Map<string, object>();
const instances = new WeakMap<BackendWasm, Native>();

/** A module says whether the memory it is given is shared: the same kernels are compiled twice. */
const instantiate = (file: 'kernels.wasm' | 'kernels-shared.wasm', memory: object): Native => {
  const module = compiled.get(file) ?? new Module(readFileSync(builtFile(file)));
  compiled.set(file, module);
  return new Instance(module, { env: { memory } }).exports as Native;
};

export const MOST_PAGES = 65_536;

/** The kernels over a memory of their own, up to MOST_PAGES; what lies where is the caller's business. */
export const nativeAlone = (): { memory: SharedPages; native: Native } => {
  const memory = new Memory({ initial: 16, maximum: MOST_PAGES, shared: true });
  return { memory, native: instantiate('kernels-shared.wasm', memory) };
};

export const nativeOf = (backend: BackendWasm): Native => {
  let native = instances.get(backend);
  if (!native) {
    native = instantiate('kernels.wasm', emscripten(backend).asm.memory);
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
