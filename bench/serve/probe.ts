import { Worker } from 'node:worker_threads';

/** Asks a URL every 20 ms in a thread of its own, so that the load's own work does not count; `stop` answers with the times, ms, ascending. */
export const probing = (url: string): { stop(): Promise<number[]> } => {
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
    const http = require('node:http');
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const waits = [];
    let running = true;
    parentPort.once('message', () => { running = false; });
    const ask = () => new Promise((resolve, reject) => {
      const start = performance.now();
      http.get(workerData, { agent }, (response) => {
        response.resume();
        response.once('end', () => { waits.push(performance.now() - start); resolve(); });
      }).once('error', reject);
    });
    (async () => {
      while (running) { await ask(); await new Promise((resolve) => setTimeout(resolve, 20)); }
      parentPort.postMessage(waits.sort((a, b) => a - b));
    })();`,
    { eval: true, workerData: url },
  );
  return {
    stop: async () => {
      const waits = new Promise<number[]>((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      });
      worker.postMessage('stop');
      const taken = await waits;
      await worker.terminate();
      return taken;
    },
  };
};
