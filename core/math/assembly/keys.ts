/**
 * A score and its item as one number: the greater the better, which is a higher score, or the same score and a lower
 * item. No two of a list are alike.
 */
// @ts-ignore: decorator
@inline
export function keyOf(score: f32, item: i32): u64 {
  // Adding 0 makes the two zeros one.
  const bits = reinterpret<u32>(score + <f32>0);
  const ordered = bits ^ (<u32>(<i32>bits >> 31) | 0x8000_0000);
  return ((<u64>ordered) << 32) | <u64>~(<u32>item);
}

// @ts-ignore: decorator
@inline
export function scoreOf(key: u64): f32 {
  const ordered = <u32>(key >> 32);
  return reinterpret<f32>(ordered & 0x8000_0000 ? ordered ^ 0x8000_0000 : ~ordered);
}

// @ts-ignore: decorator
@inline
export function itemOf(key: u64): i32 {
  return <i32>~(<u32>key);
}

// @ts-ignore: decorator
@inline
function at(keys: usize, k: i32): u64 {
  return load<u64>(keys + (<usize>k << 3));
}

// @ts-ignore: decorator
@inline
function put(keys: usize, k: i32, key: u64): void {
  store<u64>(keys + (<usize>k << 3), key);
}

/** The middle one of the first, the middle and the last. */
function pivotOf(keys: usize, low: i32, high: i32): u64 {
  const a = at(keys, low);
  const b = at(keys, (low + high) >> 1);
  const c = at(keys, high);
  return max(min(a, b), min(max(a, b), c));
}

/** Keys above the pivot to the front, those below behind (Hoare); answers with the last place of the front part. */
function split(keys: usize, low: i32, high: i32): i32 {
  const pivot = pivotOf(keys, low, high);
  let i = low - 1;
  let j = high + 1;
  while (true) {
    do i++; while (at(keys, i) > pivot);
    do j--; while (at(keys, j) < pivot);
    if (i >= j) return j;
    const key = at(keys, i);
    put(keys, i, at(keys, j));
    put(keys, j, key);
  }
  return j;
}

/** Moves the n greatest of more than n keys to the front, in any order; answers with the least of them (Hoare's quickselect). */
export function keepBest(keys: usize, size: i32, n: i32): u64 {
  let low = 0;
  let high = size - 1;
  const last = n - 1;
  while (low < high) {
    const middle = split(keys, low, high);
    if (last <= middle) high = middle;
    else low = middle + 1;
  }
  return at(keys, last);
}

const INSERTION = 12;

/** Greatest first, in place: quicksort that leaves short runs to insertion. */
export function sortDescending(keys: usize, size: i32): void {
  quicksort(keys, 0, size - 1);
  for (let k = 1; k < size; k++) {
    const key = at(keys, k);
    let hole = k;
    for (; hole > 0 && at(keys, hole - 1) < key; hole--) put(keys, hole, at(keys, hole - 1));
    put(keys, hole, key);
  }
}

function quicksort(keys: usize, low: i32, high: i32): void {
  while (high - low >= INSERTION) {
    const middle = split(keys, low, high);
    // The shorter part by a call, so that calls nest log2(size) deep at most.
    if (middle - low < high - middle - 1) {
      quicksort(keys, low, middle);
      low = middle + 1;
    } else {
      quicksort(keys, middle + 1, high);
      high = middle;
    }
  }
}
