import { Audience } from './audience/audience.ts';
import { Crowd } from './crowd.ts';
import { Flood } from './flood.ts';
import type { BotMethods, BotReply, BotRequest } from './methods.ts';
import { Raid } from './raid/raid.ts';
import { Decrements } from './sale/decrements.ts';
import { SlowReaders } from './slow/slow-readers.ts';
import { Stampede } from './stampede.ts';
import { Storm } from './storm/storm.ts';
import { postLoop } from './webhooks/post-loop.ts';
import { WebhookReceiver } from './webhooks/receiver.ts';

/** One generator process: a child of the driver, obeying it over IPC and gone when the driver is. */

const LIVE_EVERY_MS = 200;

const crowds = new Map<string, Crowd>();
const raids = new Map<string, Raid>();
const slow = new Map<string, SlowReaders>();
const stampedes = new Map<string, Stampede>();
const sales = new Map<string, Decrements>();
const receiver = new WebhookReceiver();
let audience: Audience | undefined;
let storm: Storm | undefined;
let liveAtMs = 0;

const reply = (message: BotReply): void => {
  if (process.connected) process.send?.(message);
};

const live = (text: string): void => {
  if (performance.now() - liveAtMs < LIVE_EVERY_MS) return;
  liveAtMs = performance.now();
  reply({ live: text });
};

function crowdNamed(name: string): Crowd {
  const crowd = crowds.get(name);
  if (!crowd) throw new Error(`There is no crowd "${name}".`);
  return crowd;
}

async function obey(request: BotRequest): Promise<BotMethods[keyof BotMethods]['result']> {
  switch (request.method) {
    case 'connect': {
      const crowd = new Crowd();
      crowds.set(request.params.crowd, crowd);
      return crowd.connect(request.params, live);
    }
    case 'flood':
      return new Flood(crowdNamed(request.params.crowd), request.params).run(live);
    case 'grab': {
      const stampede = new Stampede(crowdNamed(request.params.crowd), request.params);
      stampedes.set(request.params.crowd, stampede);
      return stampede.run(live);
    }
    case 'raid': {
      const raid = new Raid(crowdNamed(request.params.crowd), request.params);
      raids.set(request.params.crowd, raid);
      return raid.run(live);
    }
    case 'slowReaders': {
      const { crowd, roomId } = request.params;
      const readers = slow.get(crowd) ?? new SlowReaders(crowdNamed(crowd), roomId);
      slow.set(crowd, readers);
      return readers.do(request.params);
    }
    case 'decrements': {
      const decrements = new Decrements(crowdNamed(request.params.crowd), request.params);
      sales.set(request.params.crowd, decrements);
      return decrements.run(live);
    }
    case 'seenStock':
      return sales.get(request.params.crowd)?.seen() ?? { sampled: 0, frames: 0, known: [] };
    case 'audience': {
      if (request.params.action === 'watch') {
        audience = new Audience(request.params.crowds.map(crowdNamed), request.params.tag);
        return null;
      }
      if (!audience) throw new Error('Nobody watches.');
      return audience.leave(request.params.sent, request.params.stalledMs);
    }
    case 'raidersGone':
      return raids.get(request.params.crowd)?.gone ?? [];
    case 'lastStock':
      return stampedes.get(request.params.crowd)?.lastStock() ?? { sampled: 0, last: {} };
    case 'lost':
      return crowdNamed(request.params.crowd).lost;
    case 'disconnect':
      crowds.get(request.params.crowd)?.close();
      return null;
    case 'receiverListen':
      return receiver.listen(request.params.failEvery);
    case 'receiverIds':
      return receiver.ids();
    case 'receiverLeave':
      await receiver.leave();
      return null;
    case 'receiverReset':
      receiver.reset();
      return null;
    case 'receiverSeen':
      return receiver.seen();
    case 'postLoop':
      return postLoop(request.params);
    case 'stormGather':
      storm = new Storm(request.params);
      return storm.gather(live);
    case 'stormServe':
      storm?.serve(request.params.urls);
      return null;
    case 'stormRage':
      if (!storm) throw new Error('Nobody has gathered.');
      return storm.rage(request.params, live);
    default:
      return (await import('./storms/obey.ts')).obeyStorms(request, live);
  }
}

process.on('message', (request: BotRequest) => {
  obey(request).then(
    (result) => reply({ id: request.id, result }),
    (error: unknown) =>
      reply({ id: request.id, error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
// A Ctrl-C reaches the whole process group; the driver decides when the bots go.
process.on('SIGINT', () => {});
