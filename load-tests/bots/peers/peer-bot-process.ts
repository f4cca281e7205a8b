import { answerRpc } from '../../kit/rpc.ts';
import { Flood } from '../flood.ts';
import { Audience } from './audience.ts';
import { Listening } from './listening.ts';
import type { PeerBotMethods } from './methods.ts';

/** The generator process for peers: a child of the driver, obeying it over IPC and gone when the driver is. */

const audiences = new Map<string, Audience>();
const listening = new Map<string, Listening>();

function audienceNamed(name: string): Audience {
  const audience = audiences.get(name);
  if (!audience) throw new Error(`There is no crowd "${name}".`);
  return audience;
}

answerRpc<PeerBotMethods>({
  connect: ({ crowd, ...params }) => {
    const audience = new Audience();
    audiences.set(crowd, audience);
    return audience.connect(params);
  },
  flood: (params) => new Flood(audienceNamed(params.crowd), params).run(() => {}),
  listen: ({ crowd, tag }) => {
    listening.set(crowd, new Listening(audienceNamed(crowd), tag));
    return null;
  },
  heard: ({ crowd, deliveries, stalledMs }) => {
    const listener = listening.get(crowd);
    if (!listener) throw new Error(`Nobody listens in "${crowd}".`);
    return listener.heard(deliveries, stalledMs);
  },
  lost: ({ crowd }) => audienceNamed(crowd).lost,
});
// A Ctrl-C reaches the whole process group; the driver decides when the bots go.
process.on('SIGINT', () => {});
