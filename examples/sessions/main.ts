import { count, runExample } from '../simulator/main.ts';
import { runSessions } from './run.ts';

const options = { sessions: 2000, pages: 40, visitors: 200, seed: 1 };

await runExample(
  (store) => runSessions(options, store),
  ({ gru, attention, popular }) => ({
    setting: `A simulated site: ${options.pages} pages, ${count(options.sessions)} sessions to learn from, ${options.visitors} new visitors to ask for.`,
    tables: [
      {
        title: "How probably the visitor's next page is among three shown, beside the best three:",
        rows: [
          ['gru', gru, 'reads the session that the request brings along'],
          ['attention', attention, 'the same'],
          ['popular', popular, 'the same three for everybody'],
          ['best possible', 1, ''],
        ],
      },
    ],
    next: [
      'examples/sessions/recograph.config.ts has the three pipelines; change them and run this again.',
      'npm run example -- shop   # products, purchases, and what arrived this morning',
    ],
  }),
);
