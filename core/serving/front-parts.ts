import { createVocabulary } from '../data/index.ts';
import type { Config } from '../registry/sections/index.ts';
import type { Json, Vocabulary } from '../spi/index.ts';
import type { BundleContents, BundleManifest } from '../training/bundle.ts';
import type { FrontPart, OpenBundle } from '../training/bundle-files.ts';
import { type Encoders, encodersFromJson } from '../training/encoders.ts';
import { createEventTypes, type EventTypes } from './event-types.ts';

/** What a bundle holds besides the fitted components. */
export interface FrontParts {
  readonly manifest: BundleManifest;
  readonly config: Config;
  readonly users: Vocabulary;
  readonly items: Vocabulary;
  readonly types: EventTypes;
  readonly encoders: Encoders;
  /** Pipeline -> item indices, best first. */
  readonly fallback: Readonly<Record<string, readonly number[]>>;
}

/** Reads a bundle's front; a part that is the same in `like` is taken from there, as it is. Throws BUNDLE_INVALID. */
export const readFrontParts = async (
  bundle: OpenBundle,
  parseConfig: (config: Json) => Config,
  like?: FrontParts,
): Promise<FrontParts> => {
  const read = async <P extends FrontPart, T>(
    part: P,
    held: T | undefined,
    make: (contents: BundleContents[P]) => T,
  ): Promise<T> => (held !== undefined && bundle.isSame(part, like!.manifest) ? held : make(await bundle.part(part)));
  return {
    manifest: bundle.manifest,
    config: await read('config', like?.config, parseConfig),
    users: await read('users', like?.users, createVocabulary),
    items: await read('items', like?.items, createVocabulary),
    types: await read('typeNames', like?.types, createEventTypes),
    encoders: await read('features', like?.encoders, encodersFromJson),
    fallback: await read('fallback', like?.fallback, (fallback) => fallback),
  };
};
