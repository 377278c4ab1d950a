import { rnn } from 'recograph/plugins/rnn';
import type { Benchmark } from '../harness/benchmark.ts';
import { askedOfSequences, timeToFigure } from '../sequences/time-to-figure.ts';

export default {
  name: 'rnn-beauty',
  about:
    "GRU4Rec on S3-Rec's Beauty: time to 1.5 times the S3-Rec paper's figure, of an evaluation, of one live session's answer.",
  asked: askedOfSequences(0.0424, 0.0205),
  needs: ['s3rec'],
  run: (context) => timeToFigure(context, rnn, 'GRU4Rec', 20),
} satisfies Benchmark;
