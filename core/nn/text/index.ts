export { textFields } from './config.ts';
export { gistWidth, readText } from './gist.ts';
export { type TextTensors, textInputs } from './inputs.ts';
export { maxOverTokens, meanOverTokens, tokenMask } from './pooling.ts';
export { type TextConfig, type TextNetwork, textExtractor } from './text-extractor.ts';
export { learnTokens, type Texts, tokensFromJson, tokensOf, tokensToJson } from './token-space.ts';
