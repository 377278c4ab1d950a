/**
 * A bounded heap in place of its result: scores (f32) and items (i32) at the same positions, the worst at the root.
 * Worse = a lower score, or the same score and a higher item.
 */

function worse(scoreA: f32, itemA: i32, scoreB: f32, itemB: i32): bool {
  return scoreA < scoreB || (scoreA == scoreB && itemA > itemB);
}

// @ts-ignore: decorator
@inline
function put(scores: usize, items: usize, at: i32, score: f32, item: i32): void {
  store<f32>(scores + (<usize>at << 2), score);
  store<i32>(items + (<usize>at << 2), item);
}

function siftDown(scores: usize, items: usize, size: i32, score: f32, item: i32): void {
  let hole = 0;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= size) break;
    let childScore = load<f32>(scores + (<usize>child << 2));
    let childItem = load<i32>(items + (<usize>child << 2));
    if (child + 1 < size) {
      const rightScore = load<f32>(scores + (<usize>child << 2), 4);
      const rightItem = load<i32>(items + (<usize>child << 2), 4);
      if (worse(rightScore, rightItem, childScore, childItem)) {
        child++;
        childScore = rightScore;
        childItem = rightItem;
      }
    }
    if (!worse(childScore, childItem, score, item)) break;
    put(scores, items, hole, childScore, childItem);
    hole = child;
  }
  put(scores, items, hole, score, item);
}

/** Adds to a heap that is not full. */
export function push(scores: usize, items: usize, size: i32, score: f32, item: i32): void {
  let hole = size;
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    const parentScore = load<f32>(scores + (<usize>parent << 2));
    const parentItem = load<i32>(items + (<usize>parent << 2));
    if (!worse(score, item, parentScore, parentItem)) break;
    put(scores, items, hole, parentScore, parentItem);
    hole = parent;
  }
  put(scores, items, hole, score, item);
}

/** Takes the worst out of a full heap and puts a better one in. */
export function replace(scores: usize, items: usize, size: i32, score: f32, item: i32): void {
  siftDown(scores, items, size, score, item);
}

/** Best first, in place. */
export function sortHeap(scores: usize, items: usize, size: i32): void {
  for (let last = size - 1; last > 0; last--) {
    const score = load<f32>(scores + (<usize>last << 2));
    const item = load<i32>(items + (<usize>last << 2));
    put(scores, items, last, load<f32>(scores), load<i32>(items));
    siftDown(scores, items, last, score, item);
  }
}
