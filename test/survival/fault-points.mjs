/**
 * Loaded into a server or command by `node --import`: ends it, the server that it works for, and itself, as the power
 * would, at one point. FAULT_POINT is `MOMENT STATEMENT` or `MOMENT rename`:
 *   before     an SQL statement that begins so (a bundle's folder gets its name) is not begun any more;
 *   uncommitted  it was done, its transaction is about to be committed;
 *   committed    its transaction is on disk (the folder has its name).
 */
import fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const [, moment, point] = /^(\w+) (.*)$/s.exec(process.env.FAULT_POINT);
// The first process that loads this is the server; jobs inherit what it sets.
process.env.FAULT_SERVER ??= String(process.pid);

const die = () => {
  const server = Number(process.env.FAULT_SERVER);
  const own = process.pid === server ? [server] : [server, process.ppid, process.pid];
  for (const pid of new Set(own)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }
};

const { Database } = createRequire(import.meta.url)('sqlite3');
let done = false;
const watch = (method) => {
  const original = Database.prototype[method];
  Database.prototype[method] = function (sql, ...given) {
    const isPoint = sql.replaceAll('"', '').startsWith(point);
    const isCommit = sql.startsWith('COMMIT') && done;
    if (isPoint && moment === 'before') return die();
    if (isPoint) done = true;
    if (isCommit && moment === 'uncommitted') return die();
    if (isCommit) {
      const callback = given.at(-1);
      given[given.length - 1] = function (...answer) {
        if (!answer[0]) return die();
        return callback.apply(this, answer);
      };
    }
    return original.call(this, sql, ...given);
  };
};

const rename = fs.promises.rename;
const dyingRename = async (from, to) => {
  if (!String(from).includes('.writing-')) return rename(from, to);
  if (moment === 'before') return die();
  await rename(from, to);
  die();
};

if (isMainThread && point === 'rename') {
  fs.promises.rename = dyingRename;
  syncBuiltinESMExports();
} else if (isMainThread) for (const method of ['run', 'all', 'exec']) watch(method);
