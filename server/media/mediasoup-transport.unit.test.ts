import type { types as mediasoup } from 'mediasoup';
import { EnhancedEventEmitter } from 'mediasoup/extras';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ProducerIds } from './mediasoup-producer-ids.ts';
import { MediasoupClientTransport } from './mediasoup-transport.ts';

/** States of ICE and DTLS as mediasoup tells them; how they come about is its own business. */
class RawTransport extends EnhancedEventEmitter {
  readonly observer = new EnhancedEventEmitter();
  closed = false;
}

let raw: RawTransport;
let gone = 0;
beforeEach(() => {
  vi.useFakeTimers();
  raw = new RawTransport();
  gone = 0;
  const transport = new MediasoupClientTransport(raw as unknown as mediasoup.WebRtcTransport, {
    maxIncomingBitrate: 1,
    onConsumer: () => undefined,
    producers: new ProducerIds(new Set()),
  });
  transport.onDisconnected(() => {
    gone += 1;
  });
});
afterEach(() => {
  vi.useRealTimers();
});

it('[SF16] a peer without any connection has five seconds to come back', () => {
  raw.emit('icestatechange', 'completed');
  raw.emit('icestatechange', 'disconnected');
  vi.advanceTimersByTime(4900);
  raw.emit('icestatechange', 'connected');
  vi.advanceTimersByTime(60_000);
  expect(gone).toBe(0);
  raw.emit('icestatechange', 'disconnected');
  vi.advanceTimersByTime(5000);
  raw.emit('icestatechange', 'disconnected');
  vi.advanceTimersByTime(60_000);
  expect(gone).toBe(1);
});

it.each(['closed', 'failed'])('[SF16] a peer whose DTLS is %s is gone at once', (state) => {
  raw.emit('dtlsstatechange', 'connected');
  expect(gone).toBe(0);
  raw.emit('dtlsstatechange', state);
  expect(gone).toBe(1);
});

it('[SF16] a transport that was closed tells nothing any more', () => {
  raw.emit('icestatechange', 'disconnected');
  raw.observer.emit('close');
  vi.advanceTimersByTime(60_000);
  expect(gone).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});
