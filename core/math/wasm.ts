import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { SharedMemory } from '../spi/index.ts';

/** What every kernel looks like from outside: tasks begin .. end, this thread's scratch, the call's arguments. */
export type Kernel = (begin: number, end: number, scratch: number, ...args: number[]) => void;

export interface KernelExports {
  allocate(bytes: number): number;
  release(address: number): void;
  readonly [kernel: string]: Kernel | ((...args: number[]) => unknown);
}

/** The part of the global WebAssembly used here; Node has it, Node's types do not. */
const { Memory, Module, Instance } = (
  globalThis as unknown as {
    WebAssembly: {
      Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => SharedMemory;
      Module: new (bytes: Uint8Array) => object;
      Instance: new (module: object, imports: { env: { memory: SharedMemory } }) => { exports: KernelExports };
    };
  }
).WebAssembly;

/** 4 GiB of addresses; pages are taken as needed. */
const MAXIMUM_PAGES = 65_536;

export const createMemory = (): SharedMemory => new Memory({ initial: 16, maximum: MAXIMUM_PAGES, shared: true });

let compiled: object | undefined;
/** The kernels' module, compiled once in a thread. */
export const kernelModule = (): object => {
  compiled ??= new Module(readFileSync(createRequire(import.meta.url).resolve('#kernels.wasm')));
  return compiled;
};

export const instantiate = (memory: SharedMemory): KernelExports =>
  new Instance(kernelModule(), { env: { memory } }).exports;
