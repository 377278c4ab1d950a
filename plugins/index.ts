/** The preset: every built-in plugin, in one tuple so that a config's `use` is checked against their components. */
import als from './als/index.ts';
import attention from './attention/index.ts';
import attributeFilter from './attribute-filter/index.ts';
import audioCnn from './audio-cnn/index.ts';
import autoencoder from './autoencoder/index.ts';
import bagging from './bagging/index.ts';
import bpr from './bpr/index.ts';
import content from './content/index.ts';
import contentBased from './content-based/index.ts';
import deepFm from './deep-fm/index.ts';
import ease from './ease/index.ts';
import epsilonGreedy from './epsilon-greedy/index.ts';
import factorMapping from './factor-mapping/index.ts';
import factorizationMachine from './factorization-machine/index.ts';
import fusion from './fusion/index.ts';
import imageCnn from './image-cnn/index.ts';
import itemKnn from './item-knn/index.ts';
import lightgcn from './lightgcn/index.ts';
import logisticRegression from './logistic-regression/index.ts';
import mf from './mf/index.ts';
import mmr from './mmr/index.ts';
import multiTask from './multi-task/index.ts';
import neuralMf from './neural-mf/index.ts';
import pairwise from './pairwise/index.ts';
import pointwise from './pointwise/index.ts';
import popularity from './popularity/index.ts';
import rnn from './rnn/index.ts';
import softmax from './softmax/index.ts';
import storeTypeorm from './store-typeorm/index.ts';
import textCnn from './text-cnn/index.ts';
import textRnn from './text-rnn/index.ts';
import twoTower from './two-tower/index.ts';
import userKnn from './user-knn/index.ts';
import vectors from './vectors/index.ts';

export default [
  als,
  attention,
  attributeFilter,
  audioCnn,
  autoencoder,
  bagging,
  bpr,
  content,
  contentBased,
  deepFm,
  ease,
  epsilonGreedy,
  factorMapping,
  factorizationMachine,
  fusion,
  imageCnn,
  itemKnn,
  lightgcn,
  logisticRegression,
  mf,
  mmr,
  multiTask,
  neuralMf,
  pairwise,
  pointwise,
  popularity,
  rnn,
  softmax,
  storeTypeorm,
  textCnn,
  textRnn,
  twoTower,
  userKnn,
  vectors,
] as const;
