import { createRecommender } from 'recograph';
import { best, mean, shareOfOptimum } from '../simulator/choice.ts';
import config from './recograph.config.ts';
import { type FriendsOptions, simulateFriends } from './simulator.ts';

const N = 10;

/** By pipeline: the chance of a friendship with the ten people recommended, divided by that with the ten likeliest strangers. */
export interface FriendsReport {
  readonly people: number;
  readonly friendships: number;
  readonly graph: number;
  readonly friendsOfFriends: number;
  readonly popular: number;
  readonly random: number;
}

export const runFriends = async (options: FriendsOptions, storePath: string): Promise<FriendsReport> => {
  const { events, friendsOf, probability } = simulateFriends(options);
  const everybody = Array.from({ length: options.people }, (_, p) => p);
  const recommender = await createRecommender({ ...config, store: { path: storePath } });
  try {
    for (let at = 0; at < events.length; at += 5000) await recommender.recordEvents(events.slice(at, at + 5000));
    await recommender.train();

    const chances = (person: number) =>
      everybody.map((other) => (other === person || friendsOf(person).has(other) ? 0 : probability(person, other)));
    const worth = (list: readonly number[], values: readonly number[]) =>
      list.reduce((sum, other) => sum + values[other]!, 0);
    const asked = everybody.filter((person) => friendsOf(person).size > 0);
    const share = async (pipeline: string): Promise<number> => {
      const shares: number[] = [];
      for (const person of asked) {
        const id = `person-${person}`;
        const slate = await recommender.recommend({ target: { user: id }, n: N, pipeline, excludeItems: [id] });
        const list = slate.items.map((item) => Number(item.id.slice('person-'.length)));
        const values = chances(person);
        shares.push(shareOfOptimum(list, values, N));
      }
      return mean(shares);
    };
    const random = mean(
      asked.map((person) => {
        const values = chances(person);
        const strangers = options.people - 1 - friendsOf(person).size;
        return (N * worth(everybody, values)) / strangers / worth(best(values, N), values);
      }),
    );
    return {
      people: options.people,
      friendships: events.length / 2,
      graph: await share('graph'),
      friendsOfFriends: await share('friendsOfFriends'),
      popular: await share('popular'),
      random,
    };
  } finally {
    await recommender.close();
  }
};
