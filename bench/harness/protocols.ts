/** `evaluation` sections of protocols that several benchmarks share; paths are relative to the data folder. */
import type { ConfigInput } from 'recograph';

type Evaluation = NonNullable<ConfigInput['evaluation']>;

/** The last item of each user against the file's 99 negatives; duplicates of the positive are skipped. */
export const ncfMl1m: Evaluation = {
  split: {
    use: 'given',
    train: { path: 'ncf-ml-1m/ml-1m.train.lines.txt', format: 'user-items' },
    test: {
      path: 'ncf-ml-1m/ml-1m.test.rating',
      format: 'tsv',
      columns: { user: 0, item: 1 },
    },
  },
  candidates: { use: 'given', path: 'ncf-ml-1m/ml-1m.test.negative', format: 'negatives' },
  mask: 'train',
  metrics: ['hr@10', 'ndcg@10'],
};

/** All items, the training items masked (not the validation part's); IDCG over min(20, |test|). */
export const ultragcnMl1m: Evaluation = {
  split: {
    use: 'given',
    train: { path: 'ultragcn-ml-1m/train.txt', format: 'user-items' },
    test: { path: 'ultragcn-ml-1m/test.txt', format: 'user-items' },
  },
  candidates: { use: 'all' },
  mask: 'train',
  metrics: ['recall@20', 'ndcg@20'],
};

/** S3-Rec's split: each user's last item is tested, the one before validates; all items, everything seen masked. */
export const s3rec: Evaluation = {
  split: { use: 'leave-last-out', last: 1, validation: 1 },
  candidates: { use: 'all' },
  mask: 'train+validation',
  metrics: ['hr@10', 'ndcg@10'],
};

/**
 * Each user's last item is tested, all before it learned (as published for sasrec-ml-1m, but for 512 users whose item
 * before the last validates there); all items, the seen ones masked.
 */
export const lastItem: Evaluation = {
  ...s3rec,
  split: { use: 'leave-last-out', last: 1, validation: 0 },
  mask: 'train',
};

/** LightGCN's split: all items, the training items masked; IDCG over min(20, |test|). */
export const gowalla: Evaluation = {
  split: {
    use: 'given',
    train: { path: 'gowalla/train.txt', format: 'user-items' },
    test: { path: 'gowalla/test.txt', format: 'user-items' },
  },
  candidates: { use: 'all' },
  mask: 'train',
  metrics: ['recall@20', 'ndcg@20'],
};
