import { attention } from 'recograph/plugins/attention';
import type { Benchmark } from '../harness/benchmark.ts';
import { askedOfSequences, timeToFigure } from '../sequences/time-to-figure.ts';

export default {
  name: 'attention-beauty',
  about:
    "SASRec on S3-Rec's Beauty: time to the S3-Rec paper's figure, of an evaluation, of one live session's answer.",
  asked: askedOfSequences(0.0605, 0.0318),
  needs: ['s3rec'],
  run: (context) => timeToFigure(context, attention, 'SASRec', 20),
} satisfies Benchmark;
