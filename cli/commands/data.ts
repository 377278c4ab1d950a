import { type Command, InvalidArgumentError } from 'commander';
import type { Recommender } from 'recograph';
import { withRecommender } from '../context.ts';
import type { Output } from '../output.ts';
import { table } from '../table.ts';

const print = async ({ store }: Recommender, output: Output): Promise<void> => {
  const imports = (await store.imports()).map(({ at, ...rest }) => ({ ...rest, at: new Date(at).toISOString() }));
  output.result({ imports }, () =>
    imports.length === 0
      ? 'No import has brought events. Import with: recograph import'
      : table(
          ['import', 'at', 'events', 'files'],
          imports.map(({ id, at, events, source }) => [id, at, events, source]),
        ),
  );
};

const wholeNumber = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be the number of an import.');
  return Number(text);
};

export const addData = (data: Command): void => {
  data
    .command('list')
    .description('The imports that brought events, and how many of them are still stored.')
    .action((_options: object, command: Command) => withRecommender(command, print));
  data
    .command('drop')
    .argument('<import>', 'its number in the list', wholeNumber)
    .description('Delete the events that an import brought. The next training knows nothing of them.')
    .action((id: number, _options: object, command: Command) =>
      withRecommender(command, async (recommender, output) => {
        const deleted = await recommender.store.dropImport(id);
        output.result({ import: id, deleted }, () => `Deleted ${deleted} events of import ${id}.`);
      }),
    );
};
