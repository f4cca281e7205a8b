import * as mediasoupClient from 'mediasoup-client';
import { connect, type LivestallClient } from '../../../client/sdk/client.ts';
import { createPublisher } from '../../../client/sdk/media/publisher.ts';
import type { MediasoupClient, Watcher } from '../../../client/sdk/media/types.ts';
import { createWatcher } from '../../../client/sdk/media/watcher.ts';
import type { Publication } from '../../../shared/plays/media/contract.ts';

/** The SDK on a page whose network lets little through. */

export type Way = {
  /** What of the relay can be reached directly. */
  reaches?: 'tcp' | 'nothing';
  /** How TURN servers can be reached; left out: not at all. */
  turnBy?: 'udp' | 'tcp';
  /** Instead of what the node gives. */
  credentials?: { username: string; credential: string };
};

export type Got = {
  framesDecoded: number;
  protocol: string | null;
  /** How the TURN server that gave a candidate was reached. */
  turnBy: string | null;
  /** What STUN and TURN servers refused; RFC 8656. */
  errorCodes: number[];
};

export type TurnPage = {
  publish(roomId: string, token: string): Promise<void>;
  watch(roomId: string, token: string, way: Way): Promise<void>;
  got(): Promise<Got>;
  close(): Promise<void>;
};

let watcher: Watcher;
let client: LivestallClient;
let transport: mediasoupClient.types.Transport | undefined;
const errorCodes: number[] = [];

/** mediasoup-client, behind a firewall. */
function behind({ reaches, turnBy, credentials }: Way): MediasoupClient {
  const factory: typeof mediasoupClient.Device.factory = async (options) => {
    const device = await mediasoupClient.Device.factory(options);
    const create = device.createRecvTransport.bind(device);
    device.createRecvTransport = (asked) => {
      const isIn = (url: string) => (url.includes('transport=tcp') ? 'tcp' : 'udp') === turnBy;
      const iceServers = (asked.iceServers ?? []).flatMap((server) => {
        const urls = [server.urls].flat().filter(isIn);
        return urls.length === 0 ? [] : [{ ...server, ...credentials, urls }];
      });
      const made = create({
        ...asked,
        ...{ iceServers, iceTransportPolicy: reaches === 'nothing' ? 'relay' : 'all' },
        iceCandidates: asked.iceCandidates.filter(({ protocol }) => reaches !== 'tcp' || protocol === 'tcp'),
      });
      made.on('icecandidateerror', ({ errorCode }) => errorCodes.push(errorCode));
      transport = made;
      return made;
    };
    return device;
  };
  return { ...mediasoupClient, Device: { factory } as typeof mediasoupClient.Device };
}

function join(roomId: string, token: string): Promise<Publication[]> {
  client = connect({ url: location.origin, roomId, getToken: async () => token });
  return new Promise((resolve) => {
    client.on('snapshot', ({ snapshot }) => resolve(snapshot.media.publications));
  });
}

const page: TurnPage = {
  async publish(roomId, token) {
    await join(roomId, token);
    await client.call('room:start-session', { title: 'Behind a firewall' });
    const publisher = createPublisher({ client, loadDevice: async () => mediasoupClient });
    const stream = await navigator.mediaDevices.getUserMedia({ video: true });
    await publisher.setTrack('camera', stream.getVideoTracks()[0] ?? null);
    if (publisher.published().length === 0) throw new Error(`not published: ${publisher.state()}`);
  },

  async watch(roomId, token, way) {
    const publications = await join(roomId, token);
    watcher = createWatcher({ client, loadDevice: async () => behind(way) });
    watcher.setPublications(publications);
  },

  async got() {
    const { framesDecoded, protocol } = await watcher.stats();
    let turnBy: string | null = null;
    for (const report of (await transport?.getStats())?.values() ?? [])
      if (report.type === 'local-candidate' && report.candidateType === 'relay')
        turnBy = report.relayProtocol;
    return { framesDecoded, protocol, turnBy, errorCodes };
  },

  async close() {
    await watcher.close();
    client.close();
  },
};
Object.assign(globalThis, { turnPage: page });
