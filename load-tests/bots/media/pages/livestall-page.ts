import * as mediasoupClient from 'mediasoup-client';
import { connect, type LivestallClient } from '../../../../client/sdk/client.ts';
import { createPublisher } from '../../../../client/sdk/media/publisher.ts';
import type { Watcher } from '../../../../client/sdk/media/types.ts';
import { createWatcher } from '../../../../client/sdk/media/watcher.ts';
import type { Publication } from '../../../../shared/plays/media/contract.ts';
import { firstFrameOf, openCamera } from './first-frame.ts';

/** A bare page on the SDK. */

const loadDevice = async () => mediasoupClient;
let client: LivestallClient;
let publications: Publication[] = [];

/** What the watcher has once its first picture is on its way. */
function pictureOf(watcher: Watcher): Promise<MediaStreamTrack> {
  return new Promise((resolve) => {
    const look = () => {
      const track = watcher.tracks().find(({ kind }) => kind === 'video')?.track;
      if (track !== undefined) resolve(track);
    };
    watcher.on('change', look);
    look();
  });
}

globalThis.mediaPage = {
  enter({ token, roomId, awaits }) {
    client = connect({ url: location.origin, roomId, getToken: async () => token });
    return new Promise((resolve) => {
      const look = () => {
        if (!awaits || publications.length > 0) resolve();
      };
      client.on('snapshot', ({ snapshot }) => {
        publications = snapshot.media.publications;
        look();
      });
      client.on('events', ({ events }) => {
        for (const event of events)
          if (event.name === 'media:published') publications.push(event.data.publication);
        look();
      });
    });
  },

  async publish() {
    const started = await client.call('room:start-session', { title: 'First frame' });
    if (!started.ok) throw new Error(started.error.code);
    const publisher = createPublisher({ client, loadDevice });
    await publisher.setTrack('camera', await openCamera());
    await new Promise<void>((resolve) => {
      const look = () => {
        if (publisher.state() === 'live') resolve();
      };
      publisher.on('change', look);
      look();
    });
  },

  async watch() {
    const startedMs = performance.now();
    const watcher = createWatcher({ client, loadDevice });
    const connected = new Promise<number>((resolve) => {
      watcher.on('change', () => {
        if (watcher.state() === 'playing') resolve(performance.now());
      });
    });
    watcher.setPublications(publications);
    const frameMs = await firstFrameOf(await pictureOf(watcher));
    return { connectedMs: (await connected) - startedMs, firstFrameMs: frameMs - startedMs };
  },
};
