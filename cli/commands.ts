import type { Command } from 'commander';

/** A command as the list of commands shows it; what it takes and does is loaded when it is named. */
export interface CommandEntry {
  /** With its arguments, as Commander writes them. */
  readonly name: string;
  readonly about: string;
  load(): Promise<(own: Command) => void>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'import',
    about: "Read the config's data files, or the files named here, into the store. Twice changes nothing.",
    load: async () => (await import('./commands/import.ts')).addImport,
  },
  {
    name: 'train',
    about: 'Fit, evaluate, refit, write a bundle and activate it.',
    load: async () => (await import('./commands/train.ts')).addTrain,
  },
  {
    name: 'evaluate',
    about: "Measure every model and pipeline by the config's protocol, or a bundle on the events that came after it.",
    load: async () => (await import('./commands/evaluate.ts')).addEvaluate,
  },
  {
    name: 'recommend',
    about: 'Recommend items for one user, or for many as JSON lines.',
    load: async () => (await import('./commands/recommend.ts')).addRecommend,
  },
  {
    name: 'similar',
    about: 'Items most like one item.',
    load: async () => (await import('./commands/similar.ts')).addSimilar,
  },
  {
    name: 'bundles',
    about: 'List bundles, activate one, or go back to the one before.',
    load: async () => (await import('./commands/bundles.ts')).addBundles,
  },
  {
    name: 'serve',
    about: 'Serve the GraphQL API until a signal. Imports and trains first where there is nothing yet.',
    load: async () => {
      // Elsewhere graphql checks at every step that no second copy of it is loaded.
      process.env.NODE_ENV ??= 'production';
      return (await import('./commands/serve.ts')).addServe;
    },
  },
  {
    name: 'data',
    about: 'List what was imported, and delete the events of an import.',
    load: async () => (await import('./commands/data.ts')).addData,
  },
  {
    name: 'backup',
    about: 'Copy the database and the bundles into a new folder, while a server runs.',
    load: async () => (await import('./commands/backup.ts')).addBackup,
  },
  {
    name: 'doctor',
    about: 'What works here, what does not, and the command that fixes it.',
    load: async () => (await import('./commands/doctor.ts')).addDoctor,
  },
  {
    name: 'runtime',
    about: 'Install or remove TensorFlow for Node in a folder of its own.',
    load: async () => (await import('./commands/runtime.ts')).addRuntime,
  },
  {
    name: 'plugins',
    about: 'Every component type that a config may use, with the JSON Schema of its config.',
    load: async () => (await import('./commands/plugins.ts')).addPlugins,
  },
  {
    name: 'schema',
    about: "Print the config's JSON Schema for editors, or with --graphql the API's SDL.",
    load: async () => (await import('./commands/schema.ts')).addSchema,
  },
  {
    name: 'init <dir>',
    about: 'Write a small project that runs: with your own CSV, or with the MovieLens example.',
    load: async () => (await import('./commands/init.ts')).addInit,
  },
];
