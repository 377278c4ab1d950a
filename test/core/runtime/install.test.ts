import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { installRuntime, removeRuntime } from '../../../core/runtime/index.ts';
import { checkMachine } from '../../../core/runtime/install/machine.ts';
import { downloadMegabytes, recipeFor } from '../../../core/runtime/install/recipe.ts';

/** Stand-ins for the programs that an installation starts; what they do is in the package indexes' own hands. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'g++': 'exit 0',
  make: 'exit 0',
  npm: `case "$1" in
    install)
      for last; do :; done
      home="node_modules/\${last%@*}"
      mkdir -p "$home"
      echo '{"name":"tfjs","main":"index.js"}' > "$home/package.json"
      echo "exports.matMul = () => ({ dataSync: () => [19, 22, 43, 50] });
        exports.backend = () => ({ isUsingGpuDevice: false, binding: { TF_Version: '2.test' } });" > "$home/index.js"
      ;;
    run) test -e deps/lib/libtensorflow.so ;;
  esac`,
  pip: `echo "$@" >> "$PIP_LOG"
    if [ "$1" = --version ]; then exit 0; fi
    if [ -n "$PIP_FAILS" ]; then head -c 1000 /dev/zero > "$TMPDIR/part"; echo "ERROR: No space left on device" >&2; exit 1; fi
    if [ -n "$PIP_HANGS" ]; then head -c 5000000 /dev/zero > "$TMPDIR/part"; exec sleep 60; fi
    while [ "$1" != --dest ]; do shift; done
    case "$3" in
      nvidia-*) name=nvidia/$3/lib; files="lib.so" ;;
      *) name=tensorflow; files="libtensorflow_cc.so.2 libtensorflow_framework.so.2" ;;
    esac
    mkdir -p "$2" "$TMPDIR/tree/$name"
    for file in $files; do echo x > "$TMPDIR/tree/$name/$file"; done
    (cd "$TMPDIR/tree" && python3 -m zipfile -c "$2/$3.whl" "\${name%%/*}")
    rm -r "$TMPDIR/tree"`,
};

let base: string;
let folder: string;
const environment = { ...process.env };
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'recograph-install-'));
  folder = join(base, 'runtime');
  const bin = join(base, 'bin');
  await mkdir(bin);
  for (const [name, script] of Object.entries(PROGRAMS)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  process.env.PATH = bin + delimiter + process.env.PATH;
  process.env.PIP_LOG = join(base, 'pip.log');
});
afterEach(async () => {
  process.env = { ...environment };
  await rm(base, { recursive: true });
});
const left = async () => (await readdir(base)).filter((name) => name.startsWith('runtime'));

it('says the size first, tells how far it is, and finds it there the second time', async () => {
  const lines: string[] = [];
  const fractions: number[] = [];
  const options = {
    folder,
    report: (line: string) => lines.push(line),
    progress: (done: number, total: number) => fractions.push(done / total),
  };
  const first = await installRuntime(options);
  expect(first).toMatchObject({ kind: 'tensorflow', device: 'cpu (TensorFlow, oneDNN)', version: '2.test', folder });
  expect(lines[0]).toContain(`${downloadMegabytes(recipeFor(false))} MB`);
  expect(fractions.at(-1)).toBe(1);
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  const calls = await readFile(process.env.PIP_LOG!, 'utf8');
  lines.length = 0;
  expect(await installRuntime(options)).toMatchObject({ version: '2.test', folder });
  expect(lines).toEqual([]);
  expect(await readFile(process.env.PIP_LOG!, 'utf8')).toBe(calls);
  expect(await removeRuntime(folder)).toBe(true);
});

it("puts NVIDIA's libraries where TensorFlow looks for them", async () => {
  await installRuntime({ folder, gpu: true });
  const deps = join(folder, 'node_modules/@tensorflow/tfjs-node-gpu/deps');
  expect(existsSync(join(deps, 'lib/libtensorflow_cc.so.2'))).toBe(true);
  const libraries = await readdir(join(deps, 'nvidia'));
  expect(libraries).toHaveLength(recipeFor(true).wheels.length - 1);
  expect(await readFile(process.env.PIP_LOG!, 'utf8')).toContain('nvidia-cudnn-cu12==9.3.0.75');
});

it('leaves nothing behind when a download fails, and says what the downloader said', async () => {
  process.env.PIP_FAILS = '1';
  await expect(installRuntime({ folder })).rejects.toMatchObject({
    code: 'RUNTIME_UNAVAILABLE',
    message: expect.stringContaining('No space left on device') as string,
  });
  expect(await left()).toEqual([]);
});

it('leaves nothing behind when it is cancelled in the middle of a download', async () => {
  process.env.PIP_HANGS = '1';
  const abort = new AbortController();
  const installing = installRuntime({ folder, signal: abort.signal, progress: (done) => done > 0 && abort.abort() });
  await expect(installing).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await left()).toEqual([]);
});

it('clears away what a killed installation left', async () => {
  const abandoned = join(base, 'runtime.partial-4194305'); // above the largest process id
  await mkdir(abandoned);
  await installRuntime({ folder });
  expect(await left()).toEqual(['runtime']);
});

it('looks at the machine first', async () => {
  await expect(checkMachine({ platform: 'darwin', arch: 'arm64' })).rejects.toThrow(
    /linux x64, this is darwin arm64.*webgpu/,
  );
  process.env.PATH = join(base, 'bin');
  await rm(join(base, 'bin', 'g++'));
  await expect(installRuntime({ folder })).rejects.toThrow(/missing: g\+\+.*apt-get install/);
});
