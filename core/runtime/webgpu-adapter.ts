import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/** The part of npm `webgpu` that is used. */
export interface Dawn {
  create(options: string[]): { requestAdapter(options?: object): Promise<Adapter | null> };
  readonly globals: object;
}
export interface Adapter {
  readonly info: { vendor: string; architecture: string; device: string; description: string };
  readonly isFallbackAdapter?: boolean;
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|warp|software/i;

/** What an adapter calls itself, and whether it is a processor that plays a GPU. */
export const nameOf = ({ info, isFallbackAdapter }: Adapter): { name: string; software: boolean } => {
  const name = [info.vendor, info.architecture, info.device, info.description].filter(Boolean).join(' ');
  return { name, software: isFallbackAdapter === true || SOFTWARE.test(name) };
};

/** Asks Dawn for an adapter in a process of its own, which a broken driver may take down; undefined = none. */
export const probeAdapter = async (dawnPath: string): Promise<{ name: string; software: boolean } | undefined> => {
  const script = `
    const dawn = await import(${JSON.stringify(pathToFileURL(dawnPath).href)});
    Object.assign(globalThis, dawn.globals);
    const adapter = await dawn.create([]).requestAdapter();
    const { vendor, architecture, device, description } = adapter?.info ?? {};
    const info = { vendor, architecture, device, description };
    console.log(JSON.stringify(adapter && { info, isFallbackAdapter: adapter.isFallbackAdapter }));
    process.exit(0);`;
  const args = ['--input-type=module', '-e', script];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 30_000 });
    const adapter = JSON.parse(stdout.trim().split('\n').at(-1)!) as Adapter | null;
    return adapter ? nameOf(adapter) : undefined;
  } catch {
    return undefined;
  }
};
