import { RawClient } from '../raw-client.ts';

/** Pauses for a moment, then reads until the server says "end", and prints what came. */

const END = Buffer.from('42["end"]');
let bytes = 0;
let answer = '';

const client = new RawClient(
  { url: process.argv[2] ?? '', auth: {}, index: 0, userId: 'u', timeoutMs: 5000 },
  {
    event: (_client, buffer, start, end) => {
      bytes += end - start;
      if (buffer.compare(END, 0, END.length, start, end) !== 0) return;
      client.close();
      console.log(`${answer}, ${bytes} bytes`);
    },
    ack: (_client, id, buffer, jsonStart, end) => {
      answer = `${id} ${buffer.toString('utf8', jsonStart, end)}`;
    },
    closed: (_client, reason) => {
      throw new Error(reason);
    },
  },
);
await client.connected;
client.send('say', { text: 'over TLS' });
client.pause();
setImmediate(() => client.resume());
