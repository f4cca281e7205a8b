import express from 'express';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HttpNode, httpNode } from '../http/testing.ts';
import { eventually } from '../testing/eventually.ts';
import { Harness, opId } from '../testing/harness.ts';
import { FAKE_DEVICES, openBrowser, type Person } from '../testing/pages/browser.ts';
import { type Site, serve } from './sdp/testing/http-rig.ts';
import { connect, decoding, end, type Kept, statsOf } from './testing/whip-pages.ts';

/** Two whole nodes: an encoder at one, a player at the other, and requests for sessions at either. */

const harness = new Harness();
let east: HttpNode;
let west: HttpNode;
let roomId: string;
let key: string;
let pages: Site;
let person: Person;

beforeAll(async () => {
  await harness.start();
  const mediaWorkerBin = process.env.LIVESTALL_MEDIA_WORKER_BIN as string;
  const config = { media: true, mediaWorkers: 1, mediaWorkerBin };
  east = await httpNode(harness, { config });
  west = await httpNode(harness, { config });
  roomId = await harness.room(east);
  const host = await harness.join(east, roomId, { userId: 'host', name: 'Host', role: 'host' });
  await host.must('room:start-session', { opId: opId(), title: 'Show' });
  const made = await host.must('media:create-stream-key', { opId: opId(), label: 'OBS' });
  key = made.secret ?? '';
  expect(made.whipPath).toBe(`/whip/${roomId}`);
  // Pages of another origin, as those of other sites are.
  pages = await serve(
    express.Router().get('/', (_request, response) => void response.send('<!doctype html>')),
  );
  person = await openBrowser({ width: 400, height: 300 }, [
    ...FAKE_DEVICES,
    '--autoplay-policy=no-user-gesture-required',
  ]);
}, 60_000);

afterAll(async () => {
  await person?.close();
  await pages?.close();
  await harness.close();
});

async function page(): Promise<Page> {
  const opened = await person.page.context().newPage();
  await opened.goto(pages.url);
  return opened;
}

const whip = (node: HttpNode): string => `${node.url}/whip/${roomId}`;
const whep = (node: HttpNode): string => `${node.url}/whep/${roomId}`;
const published = () => west.core.stores.media.shown(roomId);
it('[WE7] publishes by WHIP, plays by WHEP at another node, DELETE at any node ends both', async () => {
  const [encoder, player] = [await page(), await page()];
  const sent = await connect(encoder, whip(east), key);
  expect(sent).toMatchObject({ status: 201, state: 'connected' });
  const shown = await connect(player, whep(west), undefined);
  expect(shown).toMatchObject({ status: 201, state: 'connected' });
  await decoding(player);
  await eventually(async () => {
    const stats = await statsOf(player);
    expect(stats).toMatchObject({ width: 640 });
    expect(stats.energy).toBeGreaterThan(0);
  });
  await decoding(player);

  // A second encoder has to wait.
  expect((await connect(await page(), whip(east), key)).status).toBe(409);

  expect(await end(player, east.url + shown.location, undefined)).toBe(200);
  expect(await end(encoder, west.url + sent.location, key)).toBe(200);
  expect(await published()).toEqual([]);
  // The relay closes the handshake, which both ends notice.
  for (const each of [encoder, player])
    await eventually(async () => expect((await statsOf(each)).state).not.toBe('connected'), {
      withinMs: 15_000,
    });
  expect(await end(encoder, west.url + sent.location, key)).toBe(404);
});

it('[WE4] a player is cut off when its encoder ends, and finds the next one', async () => {
  const [encoder, player] = [await page(), await page()];
  const sent = await connect(encoder, whip(east), key);
  expect((await connect(player, whep(west), undefined)).status).toBe(201);
  expect(await end(encoder, west.url + sent.location, key)).toBe(200);
  await eventually(async () => expect((await statsOf(player)).state).not.toBe('connected'), {
    withinMs: 15_000,
  });
  expect((await connect(player, whep(west), undefined)).status).toBe(409);
  const again = await connect(encoder, whip(east), key);
  expect((await connect(player, whep(west), undefined)).status).toBe(201);
  await decoding(player);
  expect(await end(encoder, east.url + again.location, key)).toBe(200);
  await eventually(async () => expect((await statsOf(player)).state).not.toBe('connected'), {
    withinMs: 15_000,
  });
});

it('[WI5] a page restarts ICE, and its picture goes on', async () => {
  const [encoder, player] = [await page(), await page()];
  const sent = await connect(encoder, whip(east), key, ['q', 'h', 'f']);
  expect(sent).toMatchObject({ status: 201, state: 'connected' });
  const shown = await connect(player, whep(west), undefined);
  await decoding(player);
  const restarted = await encoder.evaluate(
    async ({ url, key }) => {
      const { pc, answer } = globalThis as Kept;
      const lineOf = (text: string, name: string) => new RegExp(`a=${name}:.*`).exec(text)?.[0] ?? '';
      pc.restartIce();
      await pc.setLocalDescription();
      const offer = pc.localDescription?.sdp ?? '';
      const response = await fetch(url, {
        method: 'PATCH',
        body: `${lineOf(offer, 'ice-ufrag')}\r\n${lineOf(offer, 'ice-pwd')}\r\n`,
        headers: {
          'Content-Type': 'application/trickle-ice-sdpfrag',
          'If-Match': '*',
          Authorization: `Bearer ${key}`,
        },
      });
      const fragment = await response.text();
      let sdp = answer;
      for (const name of ['ice-ufrag', 'ice-pwd'])
        sdp = sdp.replaceAll(new RegExp(`a=${name}:.*`, 'g'), lineOf(fragment, name));
      await pc.setRemoteDescription({ type: 'answer', sdp });
      const ufrag = lineOf(offer, 'ice-ufrag').slice('a=ice-ufrag:'.length);
      return { status: response.status, changed: sdp !== answer, ufrag };
    },
    { url: west.url + sent.location, key },
  );
  expect(restarted).toMatchObject({ status: 200, changed: true });
  const transportOf = () =>
    encoder.evaluate(async () => {
      const stats = [...(await (globalThis as Kept).pc.getStats()).values()];
      return stats.find(({ type }) => type === 'transport');
    });
  await eventually(async () =>
    expect(await transportOf()).toMatchObject({
      iceState: 'connected',
      iceLocalUsernameFragment: restarted.ufrag,
    }),
  );
  await decoding(player);
  expect(await end(player, east.url + shown.location, undefined)).toBe(200);
  expect(await end(encoder, west.url + sent.location, key)).toBe(200);
});
