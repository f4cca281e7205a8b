import type { Time } from '../time.ts';
import { askOnce, type Loss, lossOf } from './ask.ts';
import type { MediaDeps, MediasoupClient } from './types.ts';

export type Device = import('mediasoup-client').types.Device;
export type Transport = import('mediasoup-client').types.Transport;
export type Consumer = import('mediasoup-client').types.Consumer;
export type Producer = import('mediasoup-client').types.Producer;
export type TransportOptions = import('mediasoup-client').types.TransportOptions;
type RouterCapabilities = import('mediasoup-client').types.RtpCapabilities;

/** A device that knows the relay's codecs, and how to reach the relay from here. */
export type Engine = { device: Device; iceServers: RTCIceServer[] };
export type EngineSource = { get(): Promise<{ ok: true; engine: Engine } | { ok: false; loss: Loss }> };

/** TURN credentials end; an operator may change the relay's codecs. */
const FRESH_FOR_MS = 600_000;

/** Makes an engine when it is first wanted: the code loads while the relay is asked. */
export function createEngineSource(
  client: MediaDeps['client'],
  time: Time,
  load: () => Promise<MediasoupClient> = () => import('mediasoup-client'),
): EngineSource {
  let known: { engine: Engine; untilMs: number } | null = null;

  async function loadCode(): Promise<MediasoupClient | null> {
    try {
      return await load();
    } catch {
      return null;
    }
  }

  return {
    async get() {
      if (known !== null && time.now() < known.untilMs) return { ok: true, engine: known.engine };
      const [code, prepared] = await Promise.all([loadCode(), askOnce(client, 'media:prepare', {})]);
      if (code === null) return { ok: false, loss: { code: 'LOAD_FAILED' } };
      if (!prepared.ok) return { ok: false, loss: lossOf(prepared) };
      const { rtpCapabilities, iceServers } = prepared.data;
      try {
        const device = await code.Device.factory();
        await device.load({ routerRtpCapabilities: rtpCapabilities as RouterCapabilities });
        const engine = { device, iceServers: iceServers as RTCIceServer[] };
        known = { engine, untilMs: time.now() + FRESH_FOR_MS };
        return { ok: true, engine };
      } catch {
        // Detection finds no WebRTC that it knows, or the browser refuses to make a connection.
        return { ok: false, loss: { code: 'UNSUPPORTED' } };
      }
    },
  };
}
