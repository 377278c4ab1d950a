import { runExample } from '../simulator/main.ts';
import { runFriends } from './run.ts';

await runExample((store) => runFriends({ people: 500, seed: 1 }, store));
