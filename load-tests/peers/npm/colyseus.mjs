import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { Room, Server } from '@colyseus/core';
import { WebSocketTransport } from '@colyseus/ws-transport';

/**
 * Colyseus as its documents write a chat: a room that broadcasts what its clients say. No shared state, so no patches;
 * everybody in one room; pings as often as Socket.IO's, not every 3 s as by default.
 */

const PING_MS = 25_000;

class ChatRoom extends Room {
  patchRate = null;
  autoDispose = false;

  onCreate() {
    this.onMessage('say', (client, { text }) => {
      const { userId } = client.userData;
      this.broadcast('chat', {
        messageId: randomUUID(),
        userId,
        name: userId,
        role: 'viewer',
        text,
        mentions: [],
        replyTo: null,
        atMs: Date.now(),
      });
    });
  }

  onJoin(client, { userId }) {
    client.userData = { userId };
  }
}

const server = http.createServer();
const transport = new WebSocketTransport({ server, pingInterval: PING_MS, pingMaxRetries: 2 });
const game = new Server({ greet: false, gracefullyShutdown: false, transport });
game.define('load-chat', ChatRoom);
await game.listen(0, '127.0.0.1');
const ready = { url: `http://127.0.0.1:${server.address().port}`, pid: process.pid };
writeFileSync(process.env.LIVESTALL_READY_FILE, JSON.stringify(ready));
process.on('SIGTERM', () => process.exit(0));
