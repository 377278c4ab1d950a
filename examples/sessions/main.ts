import { runExample } from '../simulator/main.ts';
import { runSessions } from './run.ts';

await runExample((store) => runSessions({ sessions: 2000, pages: 40, visitors: 200, seed: 1 }, store));
