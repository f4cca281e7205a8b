import { writeFileSync } from 'node:fs';
import http from 'node:http';
import faye from 'faye';

/** Faye as its documents start it: one node, the engine in memory, clients publish to the channel themselves. */

const TIMEOUT_S = 45;

const server = http.createServer();
new faye.NodeAdapter({ mount: '/faye', timeout: TIMEOUT_S }).attach(server);
server.listen(0, '127.0.0.1', () => {
  const ready = { url: `http://127.0.0.1:${server.address().port}`, pid: process.pid };
  writeFileSync(process.env.LIVESTALL_READY_FILE, JSON.stringify(ready));
});
process.on('SIGTERM', () => process.exit(0));
