import { Device, type types } from 'mediasoup-client';
import { io, type Socket } from 'socket.io-client';
import { sendingOf } from '../../../../client/sdk/media/encodings.rules.ts';
import { firstFrameOf, openCamera } from './first-frame.ts';

/** The page of an application on mediasoup and Socket.IO alone, as the documents of mediasoup show it. */

let socket: Socket;

const request = <T>(name: string, data: object = {}): Promise<T> => socket.emitWithAck(name, data);

type Told = Pick<types.TransportOptions, 'id' | 'iceParameters' | 'iceCandidates' | 'dtlsParameters'>;
type ToldConsumer = Pick<types.Consumer, 'id' | 'producerId' | 'kind' | 'rtpParameters'>;

async function loadDevice(): Promise<Device> {
  const device = await Device.factory();
  const routerRtpCapabilities = await request<types.RtpCapabilities>('getRouterRtpCapabilities');
  await device.load({ routerRtpCapabilities });
  return device;
}

function connectThrough(transport: types.Transport): void {
  transport.on('connect', ({ dtlsParameters }, callback, errback) => {
    request('connectWebRtcTransport', { transportId: transport.id, dtlsParameters }).then(callback, errback);
  });
}

globalThis.mediaPage = {
  enter({ awaits }) {
    socket = io({ transports: ['websocket'] });
    return new Promise((resolve) => {
      socket.on('connect', () => {
        if (!awaits) resolve();
      });
      socket.on('newProducer', () => resolve());
    });
  },

  async publish() {
    const device = await loadDevice();
    const transport = device.createSendTransport(await request<Told>('createWebRtcTransport'));
    connectThrough(transport);
    transport.on('produce', ({ kind, rtpParameters }, callback, errback) => {
      request<{ id: string }>('produce', { transportId: transport.id, kind, rtpParameters }).then(
        callback,
        errback,
      );
    });
    // What both publishers send is alike.
    const { encodings, codecOptions } = sendingOf('camera', { widthPx: 640, heightPx: 480 });
    await transport.produce({ track: await openCamera(), encodings, codecOptions });
  },

  async watch() {
    const startedMs = performance.now();
    const device = await loadDevice();
    const transport = device.createRecvTransport(await request<Told>('createWebRtcTransport'));
    connectThrough(transport);
    const connected = new Promise<number>((resolve) => {
      transport.on('connectionstatechange', (state) => {
        if (state === 'connected') resolve(performance.now());
      });
    });
    const told = await request<ToldConsumer>('consume', {
      transportId: transport.id,
      rtpCapabilities: device.recvRtpCapabilities,
    });
    const consumer = await transport.consume(told);
    const shown = firstFrameOf(consumer.track);
    await request('resumeConsumer', { consumerId: consumer.id });
    const frameMs = await shown;
    return { connectedMs: (await connected) - startedMs, firstFrameMs: frameMs - startedMs };
  },
};
