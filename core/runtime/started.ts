import type { RuntimeKind, Tf } from '../spi/index.ts';

/** A tensor backend that runs and is tfjs's current one. */
export interface Started {
  readonly kind: RuntimeKind;
  readonly device: string;
  readonly gpu: boolean;
  readonly version: string;
  readonly tf: Tf;
  /** Frees the device's memory; tensors that still live on it are lost. */
  stop(): void;
}

/** Takes a backend away and puts its factory back, so that it can be started again. */
export const stopBackend = (tf: Tf, name: string): void => {
  const factory = tf.findBackendFactory(name);
  tf.removeBackend(name);
  if (factory) tf.registerBackend(name, factory, 0);
};
