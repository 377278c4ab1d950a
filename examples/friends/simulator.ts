import type { EventRecord } from 'recograph';
import { createRng } from 'recograph/math';

const CITIES = 8;
const HOBBIES = 12;
export const START = Date.UTC(2025, 0, 1);

export interface FriendsOptions {
  readonly people: number;
  readonly seed: number;
}

export interface Friends {
  /** Both directions of every friendship: each is somebody's friend. */
  readonly events: readonly EventRecord[];
  friendsOf(person: number): ReadonlySet<number>;
  /** The true probability that two people become friends. */
  probability(a: number, b: number): number;
}

/**
 * People of eight cities with two hobbies each. Two become friends with probability
 *   sigmoid(-6 + (3 where they live in one city) + 2 for each hobby they share + how sociable both are)
 */
export const simulateFriends = ({ people, seed }: FriendsOptions): Friends => {
  const rng = createRng(seed);
  const all = Array.from({ length: people }, (_, p) => {
    const own = rng.fork(`person ${p}`);
    const first = own.int(HOBBIES);
    const second = (first + 1 + own.int(HOBBIES - 1)) % HOBBIES;
    return { city: own.int(CITIES), hobbies: [first, second], sociable: own.normal() * 0.5 };
  });
  const probability = (a: number, b: number): number => {
    const [one, other] = [all[a]!, all[b]!];
    const shared = one.hobbies.filter((hobby) => other.hobbies.includes(hobby)).length;
    const utility = -6 + (one.city === other.city ? 3 : 0) + 2 * shared + one.sociable + other.sociable;
    return 1 / (1 + Math.exp(-utility));
  };
  const friends = all.map(() => new Set<number>());
  const events: EventRecord[] = [];
  const meetings = rng.fork('meetings');
  for (let a = 0; a < people; a++) {
    for (let b = 0; b < a; b++) {
      if (meetings.next() >= probability(a, b)) continue;
      friends[a]!.add(b);
      friends[b]!.add(a);
      const time = START + meetings.int(365) * 86_400_000;
      const befriends = (who: number, whom: number) =>
        events.push({ user: `person-${who}`, item: `person-${whom}`, type: 'friend', value: null, time });
      befriends(a, b);
      befriends(b, a);
    }
  }
  return { events, friendsOf: (person) => friends[person]!, probability };
};
