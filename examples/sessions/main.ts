import { runExample } from '../simulator/main.ts';
import { runSessions } from './run.ts';

await runExample((store) => runSessions({ sessions: 4000, pages: 60, seed: 1 }, store));
