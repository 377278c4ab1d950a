/**
 * The allocator of the shared memory. Its state lies in that memory (not in globals, which each thread has of its
 * own), behind a spin lock, so any thread that attached the memory can allocate and free. Blocks are 64-byte aligned;
 * the free list is kept in address order and neighbours are joined, so freed memory is used again.
 */
const LOCK: usize = 64;
const FIRST: usize = 68;
const TOP: usize = 72;
/** Where blocks begin; below lies this state. */
const BASE: usize = 1024;
/** A block's header: its size without the header, and the next free block. */
const HEADER: usize = 64;
const NEXT: usize = 4;

function lock(): void {
  while (atomic.cmpxchg<i32>(LOCK, 0, 1) != 0) {}
}

function unlock(): void {
  atomic.store<i32>(LOCK, 0);
}

/** The address of `bytes` bytes, or 0 when memory cannot grow any more. Not zeroed. */
export function allocate(bytes: u32): usize {
  if (bytes > 0xfff00000) return 0;
  const size = (max<u32>(bytes, 64) + 63) & ~63;
  lock();
  let before: usize = 0;
  let block: usize = load<u32>(FIRST);
  while (block && load<u32>(block) < size) {
    before = block;
    block = load<u32>(block, NEXT);
  }
  if (!block) {
    block = extend(size);
    unlock();
    return block ? block + HEADER : 0;
  }
  let next = load<u32>(block, NEXT);
  const rest = load<u32>(block) - size;
  if (rest > <u32>HEADER) {
    const tail = block + HEADER + size;
    store<u32>(tail, rest - HEADER);
    store<u32>(tail, next, NEXT);
    next = tail;
    store<u32>(block, size);
  }
  store<u32>(before ? before + NEXT : FIRST, next);
  unlock();
  return block + HEADER;
}

export function release(address: usize): void {
  const block = address - HEADER;
  lock();
  let before: usize = 0;
  let next: usize = load<u32>(FIRST);
  while (next && next < block) {
    before = next;
    next = load<u32>(next, NEXT);
  }
  if (block + HEADER + load<u32>(block) == next) {
    store<u32>(block, load<u32>(block) + <u32>HEADER + load<u32>(next));
    next = load<u32>(next, NEXT);
  }
  store<u32>(block, next, NEXT);
  if (!before) store<u32>(FIRST, block);
  else if (before + HEADER + load<u32>(before) == block) {
    store<u32>(before, load<u32>(before) + <u32>HEADER + load<u32>(block));
    store<u32>(before, next, NEXT);
  } else store<u32>(before, block, NEXT);
  unlock();
}

/** A new block at the end of what is used so far; grows the memory when that is too small. */
function extend(size: u32): usize {
  const top = max<u32>(load<u32>(TOP), <u32>BASE);
  const end = <u64>top + HEADER + size;
  const have = <u64>memory.size() << 16;
  if (end > have && memory.grow(<i32>((end - have + 0xffff) >> 16)) < 0) return 0;
  store<u32>(TOP, <u32>end);
  store<u32>(top, size);
  return top;
}
