import type { ItemList } from '../spi/index.ts';

/**
 * The k best of `scores`, best first; equal scores in ascending item order; NaN never stands in the list.
 * `items[i]` is the item of `scores[i]`; without it the item is i. A bounded heap: O(n log k).
 */
export const topK = (scores: Float32Array, k: number, items?: Int32Array): ItemList => {
  const heapScores = new Float32Array(Math.min(k, scores.length));
  const heapItems = new Int32Array(heapScores.length);
  const capacity = heapScores.length;
  let size = 0;

  const worse = (scoreA: number, itemA: number, scoreB: number, itemB: number): boolean =>
    scoreA < scoreB || (scoreA === scoreB && itemA > itemB);

  const siftDown = (start: number, score: number, item: number): void => {
    let hole = start;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && worse(heapScores[right]!, heapItems[right]!, heapScores[child]!, heapItems[child]!)) {
        child = right;
      }
      if (!worse(heapScores[child]!, heapItems[child]!, score, item)) break;
      heapScores[hole] = heapScores[child]!;
      heapItems[hole] = heapItems[child]!;
      hole = child;
    }
    heapScores[hole] = score;
    heapItems[hole] = item;
  };

  for (let i = 0; i < scores.length && capacity > 0; i++) {
    const score = scores[i]!;
    if (score !== score) continue;
    const item = items ? items[i]! : i;
    if (size < capacity) {
      let hole = size++;
      while (hole > 0) {
        const parent = (hole - 1) >> 1;
        if (!worse(score, item, heapScores[parent]!, heapItems[parent]!)) break;
        heapScores[hole] = heapScores[parent]!;
        heapItems[hole] = heapItems[parent]!;
        hole = parent;
      }
      heapScores[hole] = score;
      heapItems[hole] = item;
    } else if (worse(heapScores[0]!, heapItems[0]!, score, item)) {
      siftDown(0, score, item);
    }
  }

  const listItems = new Int32Array(size);
  const listScores = new Float32Array(size);
  for (let place = size - 1; place >= 0; place--) {
    listItems[place] = heapItems[0]!;
    listScores[place] = heapScores[0]!;
    size--;
    if (size > 0) siftDown(0, heapScores[size]!, heapItems[size]!);
  }
  return { items: listItems, scores: listScores };
};
