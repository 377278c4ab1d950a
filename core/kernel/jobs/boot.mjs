/** Starts a TypeScript entry while developing: `node boot.mjs ENTRY.ts`. The built package needs none of it. */
import { register } from 'tsx/esm/api';

register();
await import(process.argv[2]);
