import { count, runExample } from '../simulator/main.ts';
import { runAds } from './run.ts';

const options = { visitors: 200, ads: 48, impressions: 40_000, seed: 1 };

await runExample(
  (store) => runAds(options, store),
  (report) => ({
    setting: `A simulated site: ${options.visitors} visitors, ${options.ads} ads, ${count(report.events)} ads shown, clicked on or not.`,
    tables: [
      {
        title: 'How probably the one ad shown is clicked on, beside the best ad for this visitor and moment:',
        rows: [
          ['recommended', report.recommended, 'pipelines.page: DeepFM with time of day and last click'],
          ['most clicked', report.mostClicked, 'the same ad for everybody'],
          ['random', report.random, ''],
          ['best possible', 1, ''],
        ],
      },
      {
        title: 'The same within a minute after a click:',
        rows: [
          ['told of it', report.afterClick, 'the request carries context.justClicked'],
          ['not told of it', report.afterClickUntold, ''],
        ],
      },
      {
        title: 'Are the scores probabilities? Chance of a click on the ads shown:',
        rows: [
          ['predicted', report.predicted, 'the score of the slate'],
          ['true', report.true, ''],
          ['off by', report.error, 'the mean distance of the two; 0 % is the best possible'],
        ],
      },
    ],
    next: [
      'examples/ads/recograph.config.ts is the pipeline; change it and run this again.',
      'npm run example -- friends   # people for people, on a graph',
    ],
  }),
);
