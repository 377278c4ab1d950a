import type { Columns } from './columns.ts';
import type { ChosenSplit } from './split.ts';

export const packageJson = (name: string, version: string): string =>
  `${JSON.stringify(
    {
      name,
      private: true,
      type: 'module',
      scripts: {
        import: 'recograph import',
        train: 'recograph train',
        evaluate: 'recograph evaluate',
        start: 'recograph serve',
      },
      dependencies: { recograph: version },
    },
    null,
    2,
  )}\n`;

export const config = (
  path: string,
  format: string,
  columns: Columns | undefined,
  split: ChosenSplit,
): string => `import { defineConfig } from 'recograph';

export default defineConfig({
  data: {
    interactions: { path: ${JSON.stringify(path)}, format: '${format}'${columns ? `, columns: ${literal(columns)}` : ''} },
    ${feedback(columns)}
  },
  models: {
    taste: { use: 'als', config: { factors: 64 } },
    alike: { use: 'item-knn' },
    trending: { use: 'popularity' },
  },
  pipelines: {
    home: {
      candidates: [
        { model: 'taste', n: 300, weight: 2 },
        { model: 'alike', n: 200 },
      ],
      fallback: ['trending'],
    },
  },
  ${evaluation(split)}
});
`;

const evaluation = ({ use, why }: ChosenSplit): string => {
  const reason = why === undefined ? '' : `// ${why}: a random fifth is tested, not the newest events.\n  `;
  return `${reason}evaluation: { split: { use: '${use}', test: 0.2 }, metrics: ['ndcg@10', 'recall@10', 'coverage@10'] },`;
};

const literal = (columns: Columns): string =>
  `{ ${Object.entries(columns)
    .map(([role, name]) => `${role}: ${JSON.stringify(name).replaceAll('"', "'")}`)
    .join(', ')} }`;

const feedback = (columns: Columns | undefined): string =>
  columns === undefined
    ? "feedback: { rating: { kind: 'explicit', min: 4 } },"
    : columns.value === undefined
      ? '// One entry an event type, e.g. feedback: { click: { kind: "implicit", weight: 1 } },'
      : "// A rating counts as liked from `min` on: feedback: { rating: { kind: 'explicit', min: 4 } },";

export const readme = (name: string): string => `# ${name}

A recommender made with \`recograph init\`.

\`\`\`sh
npm install
npx recograph train       # imports the data on the first run, fits, evaluates, writes a bundle
npx recograph recommend --user 1
npx recograph serve       # GraphQL at http://localhost:4000/graphql
\`\`\`

The whole recommender is \`recograph.config.ts\`: change it, then train again.
`;

export const gitignore = 'node_modules\n.recograph\n';
