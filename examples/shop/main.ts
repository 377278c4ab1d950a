import { runExample } from '../simulator/main.ts';
import { runShop } from './run.ts';

await runExample((store) => runShop({ users: 400, days: 28, items: 200, newItemsADay: 5, seed: 1 }, store));
