import { count, runExample } from '../simulator/main.ts';
import { runFriends } from './run.ts';

await runExample(
  (store) => runFriends({ people: 500, seed: 1 }, store),
  ({ people, friendships, graph, friendsOfFriends, popular, random }) => ({
    setting: `A simulated town: ${people} people, ${count(friendships)} friendships.`,
    tables: [
      {
        title: 'How probable a friendship with ten strangers is, beside the ten likeliest ones:',
        rows: [
          ['graph', graph, 'pipelines.graph: LightGCN'],
          ['friends of friends', friendsOfFriends, 'item-knn'],
          ['popular', popular, 'who has most friends'],
          ['random', random, ''],
          ['best possible', 1, ''],
        ],
      },
    ],
    next: [
      'examples/friends/recograph.config.ts has the three pipelines; change them and run this again.',
      'npm run example -- ads   # which ad, and how probably it is clicked on',
    ],
  }),
);
