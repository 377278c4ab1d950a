/**
 * The allocator of the shared memory. Each instance allocates on one thread and has a free list of its own; what they
 * share is the end of what is used, which only moves up. So there is no lock that a thread that is killed could hold,
 * and a dead thread loses what it had taken, no more. Blocks are 64-byte aligned; the free list is kept in address
 * order and neighbours are joined, so freed memory is used again. A block may be freed by another instance than it
 * came from.
 */
const TOP: usize = 64;
/** Where blocks begin; below lies this state. */
const BASE: usize = 1024;
/** A block's header: its size without the header, and the next free block. */
const HEADER: usize = 64;
const NEXT: usize = 4;
/** This instance's first free block. */
let first: usize = 0;

/** The address of `bytes` bytes, or 0 when memory cannot grow any more. Not zeroed. */
export function allocate(bytes: u32): usize {
  if (bytes > 0xfff00000) return 0;
  const size = (max<u32>(bytes, 64) + 63) & ~63;
  let before: usize = 0;
  let block = first;
  while (block && load<u32>(block) < size) {
    before = block;
    block = load<u32>(block, NEXT);
  }
  if (!block) {
    block = extend(size);
    return block ? block + HEADER : 0;
  }
  let next: usize = load<u32>(block, NEXT);
  const rest = load<u32>(block) - size;
  if (rest > <u32>HEADER) {
    const tail = block + HEADER + size;
    store<u32>(tail, rest - HEADER);
    store<u32>(tail, <u32>next, NEXT);
    next = tail;
    store<u32>(block, size);
  }
  if (before) store<u32>(before, <u32>next, NEXT);
  else first = next;
  return block + HEADER;
}

export function release(address: usize): void {
  const block = address - HEADER;
  let before: usize = 0;
  let next = first;
  while (next && next < block) {
    before = next;
    next = load<u32>(next, NEXT);
  }
  if (block + HEADER + load<u32>(block) == next) {
    store<u32>(block, load<u32>(block) + <u32>HEADER + load<u32>(next));
    next = load<u32>(next, NEXT);
  }
  store<u32>(block, <u32>next, NEXT);
  if (!before) first = block;
  else if (before + HEADER + load<u32>(before) == block) {
    store<u32>(before, load<u32>(before) + <u32>HEADER + load<u32>(block));
    store<u32>(before, next, NEXT);
  } else store<u32>(before, <u32>block, NEXT);
}

/** A new block at the end of what is used so far; grows the memory when that is too small. */
function extend(size: u32): usize {
  for (;;) {
    const used = atomic.load<u32>(TOP);
    const top = max<u32>(used, <u32>BASE);
    const end = <u64>top + HEADER + size;
    if (end > u32.MAX_VALUE) return 0;
    const have = <u64>memory.size() << 16;
    if (end > have && memory.grow(<i32>((end - have + 0xffff) >> 16)) < 0) return 0;
    if (atomic.cmpxchg<u32>(TOP, used, <u32>end) != used) continue;
    store<u32>(top, size);
    return top;
  }
}
