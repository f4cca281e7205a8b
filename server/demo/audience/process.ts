import { seededRandom } from '../../kernel/random.ts';
import { Crowd } from './crowd.ts';
import { LightSocket } from './light-socket.ts';
import type { AudienceSetup, FromAudience, ToAudience } from './messages.ts';
import type { Viewer } from './viewer.ts';
import { Wheel } from './wheel.ts';

/** The process of a demo's audience. Its parent is the server; without it, it ends. */

const waiting = new Map<number, (token: string | null) => void>();

function tell(message: FromAudience): void {
  if (process.connected) process.send?.(message, () => undefined);
}

function token({ no }: Viewer): Promise<string | null> {
  return new Promise((resolve) => {
    waiting.get(no)?.(null);
    waiting.set(no, resolve);
    tell({ kind: 'want-token', viewer: no });
  });
}

function start({ wire, url, roomId, viewers, arriveMs, seed, pace }: AudienceSetup): void {
  const nowMs = (): number => performance.now() * pace;
  const wheel = new Wheel(nowMs);
  const crowd = new Crowd({
    ...{ roomId, viewers, arriveMs, nowMs, wheel, token },
    random: seededRandom(seed),
    dial: (bearer, handlers) => new LightSocket(url, wire, bearer, handlers),
    pay: (ref) => tell({ kind: 'pay', ref }),
  });
  wheel.start();
  crowd.start();
}

process.on('message', (message: ToAudience) => {
  if (message.kind === 'start') return start(message.setup);
  waiting.get(message.viewer)?.(message.token);
  waiting.delete(message.viewer);
});
// The parent closed the channel, or was killed: the system closes it then.
process.on('disconnect', () => process.exit(0));
// A terminal sends Ctrl-C to all processes of a group; it is the parent's to act on.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
