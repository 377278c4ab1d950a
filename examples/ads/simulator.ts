import type { EventRecord, ItemRecord, Rng } from 'recograph';
import { createRng } from 'recograph/math';

const TOPICS = ['travel', 'food', 'games', 'cars', 'music', 'fashion'];
const DAYTIMES = ['morning', 'evening'];
export const NOTHING = 'nothing';
const MINUTE_MS = 60_000;
export const START = Date.UTC(2025, 0, 1);

export interface AdsOptions {
  readonly visitors: number;
  readonly ads: number;
  /** Pages opened, each with one ad drawn at random. */
  readonly impressions: number;
  readonly seed: number;
}

/** What is known of the moment. */
export interface Moment {
  readonly daytime: string;
  /** The topic that the visitor clicked on within the last minute, or `nothing`. */
  readonly justClicked: string;
}

export interface Ads {
  readonly items: readonly ItemRecord[];
  readonly topics: readonly string[];
  /** Events `shown`: value 1 = clicked, 0 = not. */
  readonly events: readonly EventRecord[];
  /** The true probability that the visitor clicks on the ad. */
  probability(visitor: number, ad: number, moment: Moment): number;
}

/**
 * Visitors who are shown ads at random. A visitor clicks with probability
 *   sigmoid(-3 + taste[topic] + habit[topic, daytime] + quality[ad] + (1.5 where the topic was clicked on within the last minute))
 * After a click the next page follows within the minute, otherwise some ten minutes later.
 */
export const simulateAds = ({ visitors, ads, impressions, seed }: AdsOptions): Ads => {
  const rng = createRng(seed);
  const topicOf = Array.from({ length: ads }, (_, a) => a % TOPICS.length);
  const quality = draws(ads, 0.4, rng.fork('quality'));
  const tastes = Array.from({ length: visitors }, (_, v) => draws(TOPICS.length, 1, rng.fork(`taste ${v}`)));
  const habits = DAYTIMES.map((daytime) => draws(TOPICS.length, 0.8, rng.fork(daytime)));
  const probability = (visitor: number, ad: number, { daytime, justClicked }: Moment): number => {
    const topic = topicOf[ad]!;
    const drawn = justClicked === TOPICS[topic] ? 1.5 : 0;
    const habit = habits[DAYTIMES.indexOf(daytime)]![topic]!;
    return 1 / (1 + Math.exp(3 - tastes[visitor]![topic]! - habit - quality[ad]! - drawn));
  };

  const events: EventRecord[] = [];
  const perVisitor = Math.ceil(impressions / visitors);
  for (let visitor = 0; visitor < visitors; visitor++) {
    const own = rng.fork(`visits ${visitor}`);
    let time = START + own.int(10 * MINUTE_MS);
    let justClicked = NOTHING;
    for (let k = 0; k < perVisitor; k++) {
      const moment = { daytime: DAYTIMES[own.int(DAYTIMES.length)]!, justClicked };
      const ad = own.int(ads);
      const clicked = own.next() < probability(visitor, ad, moment);
      const context = { ...moment };
      events.push({
        user: `visitor-${visitor}`,
        item: `ad-${ad}`,
        type: 'shown',
        value: Number(clicked),
        time,
        context,
      });
      justClicked = clicked ? TOPICS[topicOf[ad]!]! : NOTHING;
      time += clicked ? 30_000 : 10 * MINUTE_MS;
    }
  }
  const items = topicOf.map((topic, a) => ({ id: `ad-${a}`, title: `Ad ${a}`, categories: [TOPICS[topic]!] }));
  return { items, topics: TOPICS, events: events.sort((a, b) => a.time - b.time), probability };
};

const draws = (length: number, deviation: number, rng: Rng): number[] =>
  Array.from({ length }, () => rng.normal() * deviation);
