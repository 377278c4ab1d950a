import { expect, it } from 'vitest';
import { createKernels } from '../../../core/math/index.ts';
import { createBundleMemories } from '../../../core/serving/workers/bundle-memories.ts';

it('gives all threads of a bundle one memory, and each bundle its own', () => {
  const memories = createBundleMemories<string>();
  const first = memories.join('a', 'thread 1');
  expect(first.files).toBeUndefined();
  expect(memories.isFilling('a')).toBe(true);
  const files = { 'taste.safetensors': new Uint8Array(first.shared.buffer, 2048, 8) };
  memories.placed(first.id, files);
  expect(memories.isFilling('a')).toBe(false);
  expect(memories.join('a', 'thread 2')).toEqual({ id: first.id, shared: first.shared, files });
  expect(memories.join('b', 'thread 2').shared).not.toBe(first.shared);
});

it('keeps the memory of a bundle that is gone for the next, empty, when the last thread has left it', async () => {
  const memories = createBundleMemories<string>();
  const old = memories.join('old', 'thread 1');
  memories.placed(old.id, {});
  memories.join('old', 'thread 2');
  const before = createKernels({ threads: 1, memory: old.shared });
  const place = before.memory().floats(1_000_000).byteOffset;
  memories.drop('old');
  memories.leave('thread 1', old.id);
  const meanwhile = memories.join('young', 'thread 1');
  expect(meanwhile.shared).not.toBe(old.shared);
  memories.leave('thread 2');
  const next = memories.join('next', 'thread 2');
  expect(next.shared).toBe(old.shared);
  expect(next.id).not.toBe(old.id);
  expect(next.files).toBeUndefined();
  const size = next.shared.grow(0);
  const after = createKernels({ threads: 1, memory: next.shared });
  expect(after.memory().floats(1_000_000).byteOffset).toBe(place);
  expect(next.shared.grow(0)).toBe(size);
  await Promise.all([before.dispose(), after.dispose()]);
});

it('gives no thread what another was reading into when it failed', () => {
  const memories = createBundleMemories<string>();
  const failed = memories.join('a', 'thread 1');
  memories.drop('a');
  memories.placed(failed.id, {});
  const again = memories.join('a', 'thread 2');
  expect(again.shared).not.toBe(failed.shared);
  expect(again.files).toBeUndefined();
});

it('begins anew when threads that died have left the memory full of what they had taken', async () => {
  const memories = createBundleMemories<string>();
  const first = memories.join('a', 'thread 1');
  memories.placed(first.id, {});
  memories.join('a', 'survivor');
  memories.leave('thread 1');
  expect(memories.join('a', 'thread 2').shared).toBe(first.shared);
  const thread = createKernels({ threads: 1, memory: first.shared });
  thread.memory().bytes(513 * 2 ** 20);
  memories.leave('thread 2');
  expect(memories.join('a', 'thread 3').shared).not.toBe(first.shared);
  await thread.dispose();
});
