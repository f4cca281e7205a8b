import { execFileSync } from 'node:child_process';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Ack } from '../../shared/kernel/ack.ts';
import { eventually } from '../testing/eventually.ts';
import { opId, type TestNode, useHarness } from '../testing/harness.ts';
import type { TestClient } from '../testing/test-client.ts';

/** A whole node with a real worker, and what clients try with it. */

const harness = useHarness();
let node: TestNode;
let roomId: string;
let host: TestClient;
let ana: TestClient;

const FINGERPRINT = { algorithm: 'sha-256' as const, value: Array(32).fill('AB').join(':') };
const OPUS = {
  codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
  encodings: [{ ssrc: 4711 }],
};

beforeAll(async () => {
  const mediaWorkerBin = process.env.LIVESTALL_MEDIA_WORKER_BIN as string;
  node = await harness.node({ config: { media: true, mediaWorkers: 1, mediaWorkerBin } });
  roomId = await harness.room(node);
  host = await harness.join(node, roomId, { userId: 'host', role: 'host' });
  ana = await harness.join(node, roomId, { userId: 'ana' });
  await host.must('room:start-session', { opId: opId(), title: 'Show' });
});

async function codeOf(answer: Promise<Ack<unknown>>): Promise<string> {
  const reply = await answer;
  return reply.ok ? 'OK' : reply.error.code;
}

/** A host of their own each time: nobody may open senders as fast as tests do. */
async function newHost(): Promise<TestClient> {
  const client = await harness.join(node, roomId, { userId: opId(), role: 'host' });
  hosts.push(client);
  return client;
}
const hosts: TestClient[] = [];
afterEach(() => {
  for (const client of hosts.splice(0)) client.close();
});

/** A microphone of a host; nothing is sent by it. */
async function published() {
  const client = await newHost();
  const { transport } = await client.must('media:open-sender', {});
  const { transportId } = transport;
  const { publication } = await client.must('media:publish', {
    ...{ opId: opId(), transportId, source: 'microphone', rtpParameters: OPUS, paused: false },
  });
  return { client, transportId, publicationId: publication.publicationId };
}

async function watched(client: TestClient, publicationId: string) {
  const { rtpCapabilities } = await client.must('media:prepare', {});
  return client.must('media:watch', { publicationIds: [publicationId], rtpCapabilities });
}

/** Chat and everything else goes on as if nothing had been. */
async function allIsWell(): Promise<void> {
  const text = `still here ${opId()}`;
  await host.must('chat:say', { opId: opId(), text });
  await eventually(() =>
    expect(ana.events('chat:said').map(({ data }) => (data as { text: string }).text)).toContain(text),
  );
  expect(node.core.relay.status()).toEqual({ available: true, workers: 1 });
}

describe('a client that tries', () => {
  it('[MH1] to publish without being a host or cohost', async () => {
    const { transportId } = await published();
    expect(await codeOf(ana.call('media:open-sender', {}))).toBe('FORBIDDEN');
    const wish = { opId: opId(), transportId, source: 'camera' as const, rtpParameters: OPUS };
    expect(await codeOf(ana.call('media:publish', wish))).toBe('FORBIDDEN');
    const guest = await harness.join(node, roomId, 'guest');
    expect(await codeOf(guest.call('media:open-sender', {}))).toBe('UNAUTHENTICATED');
    await allIsWell();
  });

  it('[MH2] ids of others', async () => {
    const { transportId, publicationId } = await published();
    const mine = await watched(ana, publicationId);
    const kay = await harness.join(node, roomId, { userId: 'kay', role: 'cohost' });
    const dtlsParameters = { fingerprints: [FINGERPRINT] };
    for (const id of [transportId, mine.transportId, 'no-such-transport']) {
      expect(await codeOf(kay.call('media:connect', { transportId: id, dtlsParameters }))).toBe(
        'TRANSPORT_NOT_FOUND',
      );
      expect(await codeOf(kay.call('media:restart-ice', { transportId: id }))).toBe('TRANSPORT_NOT_FOUND');
      const wish = { opId: opId(), transportId: id, source: 'camera' as const, rtpParameters: OPUS };
      expect(await codeOf(kay.call('media:publish', wish))).toBe('TRANSPORT_NOT_FOUND');
    }
    const consumerId = mine.consumers[0]?.consumerId ?? '';
    expect(await codeOf(kay.call('media:adjust', { consumerId, paused: true }))).toBe('CONSUMER_NOT_FOUND');
    await kay.must('media:unwatch', { consumerIds: [consumerId] });
    expect(await codeOf(ana.call('media:adjust', { consumerId, paused: true }))).toBe('OK');
    expect(await codeOf(kay.call('media:pause', { publicationId, paused: true }))).toBe(
      'PUBLICATION_NOT_FOUND',
    );
    expect(await codeOf(kay.call('media:unpublish', { publicationId }))).toBe('PUBLICATION_NOT_FOUND');
    await allIsWell();
  });

  it.each([
    ['no fingerprint', []],
    ['an empty one', [{ algorithm: 'sha-256', value: '' }]],
    ['a short one', [{ algorithm: 'sha-256', value: 'AB:CD' }]],
    ['one of another algorithm', [{ algorithm: 'sha-512', value: FINGERPRINT.value }]],
    ['an algorithm that nobody has', [{ algorithm: 'md5', value: 'AB' }]],
  ])('[MH3] to connect with %s', async (_, fingerprints) => {
    const { publicationId } = await published();
    const kim = await harness.join(node, roomId, { userId: opId() });
    const { transportId } = await watched(kim, publicationId);
    const answer = await kim.raw('media:connect', { transportId, dtlsParameters: { fingerprints } });
    expect(answer).toMatchObject({ ok: false, error: { code: 'INVALID_PAYLOAD' } });
    if (!answer.ok) expect(answer.error.path).toContain('dtlsParameters.fingerprints');
    await allIsWell();
  });

  it('[MH3] to connect twice', async () => {
    const { publicationId } = await published();
    const kim = await harness.join(node, roomId, { userId: opId() });
    const { transportId } = await watched(kim, publicationId);
    const input = { transportId, dtlsParameters: { role: 'client' as const, fingerprints: [FINGERPRINT] } };
    expect(await codeOf(kim.call('media:connect', input))).toBe('OK');
    expect(await codeOf(kim.call('media:connect', input))).toBe('BAD_MEDIA');
    await allIsWell();
  });

  it.each<[string, object]>([
    [
      'a codec that there is not',
      { codecs: [{ mimeType: 'video/H265', payloadType: 96, clockRate: 90_000 }] },
    ],
    ['one payload type for two codecs', { codecs: [...OPUS.codecs, ...OPUS.codecs] }],
    ['no encodings', { codecs: OPUS.codecs, encodings: [] }],
    ['sound as a picture', OPUS],
  ])('[MH4] to publish %s', async (_, rtpParameters) => {
    const client = await newHost();
    const { transport } = await client.must('media:open-sender', {});
    const { transportId } = transport;
    const wish = { opId: opId(), transportId, source: 'camera', rtpParameters };
    const answer = await client.raw('media:publish', wish);
    expect(answer).toMatchObject({ ok: false, error: { code: 'BAD_MEDIA', retryable: false } });
    await allIsWell();
  });

  it('[MH4] more than it may, or too much at once', async () => {
    const { publicationId } = await published();
    const { rtpCapabilities } = await ana.must('media:prepare', {});
    const publicationIds = Array(9).fill(publicationId);
    expect(await codeOf(ana.call('media:watch', { publicationIds, rtpCapabilities }))).toBe(
      'INVALID_PAYLOAD',
    );
    const codecs = Array.from({ length: 65 }, () => rtpCapabilities.codecs[0]);
    const wide = { publicationIds: [publicationId], rtpCapabilities: { codecs } };
    expect(await codeOf(ana.raw('media:watch', wide))).toBe('INVALID_PAYLOAD');
    await allIsWell();
  });
});

function workerPid(): number {
  const found = execFileSync('pgrep', ['-P', String(process.pid), '-f', 'mediasoup-worker'], {
    encoding: 'utf8',
  });
  return Number(found.trim());
}

describe('a worker that', () => {
  it.each(['SIGKILL', 'SIGSTOP'] as const)('[MH5] gets %s takes nobody along', async (signal) => {
    const { client, transportId, publicationId } = await published();
    const kim = await harness.join(node, roomId, { userId: opId() });
    const mine = await watched(kim, publicationId);
    process.kill(workerPid(), signal);
    // Chat does not wait for it.
    const text = `meanwhile ${signal}`;
    await kim.must('chat:say', { opId: opId(), text });
    const closedFor = (client: TestClient): string[] =>
      client.notices.flatMap((notice) => (notice.name === 'media:closed' ? notice.data.transportIds : []));
    await eventually(
      () => {
        expect(closedFor(client)).toContain(transportId);
        expect(closedFor(kim)).toContain(mine.transportId);
      },
      { withinMs: 15_000 },
    );
    await eventually(() => expect(node.core.relay.status()).toEqual({ available: true, workers: 1 }), {
      withinMs: 10_000,
    });
    const again = await published();
    expect((await watched(kim, again.publicationId)).consumers).toHaveLength(1);
    await allIsWell();
  });
});
