import { runExample } from '../simulator/main.ts';
import { runAds } from './run.ts';

await runExample((store) => runAds({ visitors: 200, ads: 48, impressions: 40_000, seed: 1 }, store));
