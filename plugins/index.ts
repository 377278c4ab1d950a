/** The preset: every built-in plugin, in one tuple so that a config's `use` is checked against their components. */
import popularity from './popularity/index.ts';

export default [popularity] as const;
