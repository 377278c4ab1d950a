import type { EventRecord, ItemRecord, Rng } from 'recograph';
import { createRng } from 'recograph/math';
import { choose } from '../simulator/choice.ts';

const CATEGORIES = ['shoes', 'shirts', 'bags', 'books', 'games', 'tools', 'garden', 'kitchen'];
const DAY_MS = 86_400_000;
export const START = Date.UTC(2025, 0, 1);

export interface ShopOptions {
  readonly users: number;
  readonly days: number;
  /** On the shelves from the first day. */
  readonly items: number;
  /** That arrive every morning after it. */
  readonly newItemsADay: number;
  readonly seed: number;
}

export interface Product {
  readonly record: ItemRecord;
  /** Day of its arrival. */
  readonly day: number;
  readonly category: number;
  /** ln(price / 20). */
  readonly priceLevel: number;
  readonly quality: number;
}

interface Customer {
  /** What each category means to them: two are loved. */
  readonly taste: readonly number[];
  readonly priceLevel: number;
}

export interface Shop {
  readonly products: readonly Product[];
  readonly events: readonly EventRecord[];
  /** How much customer u likes product p, the truth behind all events: taste of its category - |price levels| + quality. */
  utility(customer: number, product: number): number;
}

/**
 * A shop whose customers' true preferences are known. Every customer comes every second day, looks at four products that are
 * on the shelves, drawn with p ~ exp(utility), puts what they like (utility - 2, through a sigmoid) into the cart and buys
 * half of it.
 */
export const simulateShop = ({ users, days, items, newItemsADay, seed }: ShopOptions): Shop => {
  const rng = createRng(seed);
  const products = Array.from({ length: items + newItemsADay * days }, (_, p) =>
    newProduct(p, p < items ? 0 : 1 + Math.floor((p - items) / newItemsADay), rng.fork(`product ${p}`)),
  );
  const customers = Array.from({ length: users }, (_, u) => newCustomer(rng.fork(`customer ${u}`)));
  const utility = (customer: number, product: number): number => {
    const { taste, priceLevel } = customers[customer]!;
    const { category, quality, priceLevel: price } = products[product]!;
    return taste[category]! - Math.abs(priceLevel - price) + quality;
  };
  const events: EventRecord[] = [];
  for (let day = 0; day < days; day++) {
    const shelves = products.flatMap((product, p) => (product.day <= day ? [p] : []));
    for (let u = 0; u < users; u++) {
      const visit = rng.fork(`visit ${day} ${u}`);
      if (visit.next() < 0.5) continue;
      const liked = shelves.map((p) => utility(u, p));
      let time = START + day * DAY_MS + visit.int(DAY_MS / 2);
      for (let look = 0; look < 4; look++) {
        const p = shelves[choose(liked, visit)]!;
        const happen = (type: string) => {
          time += 20_000;
          events.push({ user: `customer-${u}`, item: products[p]!.record.id, type, value: null, time });
        };
        happen('view');
        if (visit.next() > 1 / (1 + Math.exp(2 - utility(u, p)))) continue;
        happen('cart');
        if (visit.next() < 0.5) happen('purchase');
      }
    }
  }
  return { products, events, utility };
};

const newProduct = (p: number, day: number, rng: Rng): Product => {
  const category = rng.int(CATEGORIES.length);
  const priceLevel = rng.normal() * 0.8;
  return {
    record: {
      id: `product-${p}`,
      title: `${CATEGORIES[category]} ${p}`,
      categories: [CATEGORIES[category]!],
      attributes: {
        price: Math.round(2000 * Math.exp(priceLevel)) / 100,
        segment: priceLevel < -0.4 ? 'budget' : priceLevel > 0.4 ? 'premium' : 'middle',
      },
    },
    day,
    category,
    priceLevel,
    quality: rng.normal() * 0.5,
  };
};

const newCustomer = (rng: Rng): Customer => {
  const loved = [rng.int(CATEGORIES.length), rng.int(CATEGORIES.length)];
  return {
    taste: CATEGORIES.map((_, category) => (loved.includes(category) ? 2.5 : 0)),
    priceLevel: rng.normal() * 0.8,
  };
};
