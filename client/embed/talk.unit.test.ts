import { afterEach, describe, expect, test, vi } from 'vitest';
import { createEmbedParent, type EmbedParent, OFFER_MS, WELCOME_MS } from '../pages/room/embed-parent.ts';
import { createFrameTalk, type FrameTalk, type GetToken } from './frame-talk.ts';
import {
  helloFrom,
  readFromRoom,
  readToRoom,
  type ShopEventName,
  TOKEN_MS,
  welcomeFrom,
} from './protocol.ts';
import { FakeWindow, SERVER, SHOP, timersOf, twoWindows } from './testing.ts';

const NONCE = '000102030405060708090a0b0c0d0e0f';
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function setUp(given: { getToken?: GetToken; isHandled?: boolean; element?: boolean } = {}) {
  const windows = twoWindows();
  const heard: [ShopEventName, object][] = [];
  const problems: unknown[] = [];
  const hellos: string[] = [];
  let refreshed = 0;
  function element(): FrameTalk {
    const talk = createFrameTalk({
      window: windows.asWindow(windows.shop),
      frame: () => windows.asWindow<Window>(windows.frame),
      origin: SERVER,
      getToken: given.getToken ?? (() => null),
      onHello: () => hellos.push('hello'),
      onEvent(name, detail) {
        heard.push([name, detail]);
        return given.isHandled === true;
      },
      onLeaving: () => hellos.push('leaving'),
      onTokenFailed: (problem) => problems.push(problem),
      timers: timersOf(windows.time),
    });
    closers.push(talk.close, windows.close);
    return talk;
  }
  function room(): EmbedParent {
    return createEmbedParent({
      window: windows.asWindow(windows.room),
      onRefresh: () => {
        refreshed += 1;
      },
      random: (bytes) => bytes.map((_, i) => i),
      time: windows.time,
    });
  }
  return { ...windows, windows, element, room, heard, problems, hellos, refreshed: () => refreshed };
}

describe('a token', () => {
  test('[PG76] is asked for over the port, and never sent to an origin but the server’s', async () => {
    const asks: boolean[] = [];
    const it = setUp({
      async getToken({ fresh }) {
        asks.push(fresh);
        return `token-${asks.length}`;
      },
    });
    it.element();
    const room = it.room();
    expect(await room.token(false)).toBe('token-1');
    expect(await room.token(true)).toBe('token-2');
    expect(asks).toEqual([false, true]);
    expect(it.hellos).toEqual(['hello']);
    expect(it.posted).toEqual([
      { to: 'shop', target: '*', data: { livestall: 'hello', v: 1, nonce: NONCE } },
      { to: 'room', target: SERVER, data: { livestall: 'welcome', v: 1, nonce: NONCE } },
    ]);
  });

  test('[PG76] a shop that fails is not a guest: the room tries again', async () => {
    const it = setUp({
      getToken() {
        throw new Error('503 from /token');
      },
    });
    it.element();
    await expect(it.room().token(false)).rejects.toThrow('did not answer');
    expect(it.problems.map(String)).toEqual(['Error: 503 from /token']);
  });

  test.each([undefined, 7, '', { token: 'x' }, 'x'.repeat(8_193)])(
    '[PG76] %j is no token, and the shop is told',
    async (given) => {
      const it = setUp({ getToken: () => given as string });
      it.element();
      await expect(it.room().token(false)).rejects.toThrow();
      expect(it.problems).toHaveLength(1);
    },
  );

  test('[PG135] a shop that takes too long is told so, and what it answers later is let go', async () => {
    let answer: (token: string) => void = () => {};
    const it = setUp({
      getToken: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    it.element();
    const asked = it.room().token(false);
    const refused = expect(asked).rejects.toThrow('did not answer');
    await vi.waitFor(async () => {
      await it.time.advance(0);
      // The welcome is there; the room and the element wait.
      expect(it.time.pending()).toBe(2);
    });
    await it.time.advance(TOKEN_MS - 1);
    expect(it.problems).toEqual([]);
    await it.time.advance(1);
    await refused;
    expect(it.problems.map(String)).toEqual(['Error: no answer within 10 s']);
    answer('late');
    await it.time.advance(TOKEN_MS);
    expect(it.problems).toHaveLength(1);
    expect(it.time.pending()).toBe(0);
  });

  test('[PG135] one that answers in time leaves nothing waiting', async () => {
    const it = setUp({ getToken: async () => 'token' });
    it.element();
    expect(await it.room().token(false)).toBe('token');
    expect(it.time.pending()).toBe(0);
  });

  test('[PG76] without an element the room goes on as a guest, and asks once there is one', async () => {
    const it = setUp({ getToken: () => 'late' });
    const room = it.room();
    const waits = room.token(false);
    await it.time.advance(WELCOME_MS);
    expect(await waits).toBeNull();
    expect(it.refreshed()).toBe(0);
    it.element();
    it.shop.hear({ livestall: 'hello', v: 1, nonce: NONCE }, { origin: SERVER, source: it.frame });
    expect(it.refreshed()).toBe(1);
    expect(await room.token(false)).toBe('late');
  });

  test('[PG76] is asked for again when the shop says so', async () => {
    const it = setUp();
    const talk = it.element();
    await it.room().token(false);
    talk.refresh();
    await vi.waitFor(() => expect(it.refreshed()).toBe(1));
  });
});

describe('what others send', () => {
  const welcome = { livestall: 'welcome', v: 1, nonce: NONCE };
  function port(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    closers.push(() => port1.close());
    port1.onmessage = ({ data }) => port1.postMessage({ type: 'token', askId: data.askId, token: 'stolen' });
    return port2;
  }

  test('[PG76] the room takes a port from its direct parent alone, with its nonce, and only once', async () => {
    const it = setUp({ getToken: () => 'from-the-shop' });
    const room = it.room();
    const stranger = new FakeWindow();
    const { room: window, parent } = it.windows;
    const hear = (data: unknown, sent: object) =>
      window.hear(data, { origin: SHOP, source: parent, ports: [port()], ...sent });
    hear(welcome, { source: stranger });
    hear({ ...welcome, nonce: NONCE.replace('0', '1') }, {});
    hear({ ...welcome, nonce: 7 }, {});
    hear(welcome, { origin: 'null' });
    hear(welcome, { ports: [] });
    for (const odd of [null, undefined, 'welcome', 7, [], [welcome], { welcome }]) hear(odd, {});
    it.element();
    it.shop.hear({ livestall: 'hello', v: 1, nonce: NONCE }, { origin: SERVER, source: it.frame });
    hear(welcome, {});
    expect(await room.token(false)).toBe('from-the-shop');
  });

  test('[PG76] the element answers its own frame alone, while that shows the server', () => {
    const it = setUp({ getToken: () => 'secret' });
    it.element();
    const hello = { livestall: 'hello', v: 1, nonce: NONCE };
    it.shop.hear(hello, { origin: SERVER, source: new FakeWindow() });
    it.shop.hear(hello, { origin: SERVER, source: it.shop });
    it.shop.hear(hello, { origin: 'https://evil.example', source: it.frame });
    it.shop.hear(hello, { origin: 'null', source: it.frame });
    it.shop.hear(hello, { origin: `${SERVER}.evil.example`, source: it.frame });
    for (const odd of [null, 'hello', 7, [], {}, { ...hello, nonce: 'x' }, { ...hello, v: '1' }])
      it.shop.hear(odd, { origin: SERVER, source: it.frame });
    expect(it.posted).toEqual([]);
    expect(it.hellos).toEqual([]);
  });

  test('[PG76] a frame that is loaded again is welcomed again, and its last port is closed', async () => {
    const it = setUp({ getToken: () => 'token' });
    it.element();
    const first = it.room();
    expect(await first.token(false)).toBe('token');
    expect(await it.room().token(false)).toBe('token');
    expect(it.hellos).toHaveLength(2);
  });

  test('[PG76] an element that was taken away is deaf', () => {
    const it = setUp();
    it.element().close();
    it.shop.hear({ livestall: 'hello', v: 1, nonce: NONCE }, { origin: SERVER, source: it.frame });
    expect(it.posted).toEqual([]);
  });

  test('[PG76] what does not fit is nothing', () => {
    const odd = [null, undefined, 7, 'x', [], {}, { type: 'x' }, { type: '__proto__', askId: 1 }];
    for (const data of odd) {
      expect([helloFrom(data), welcomeFrom(data), readFromRoom(data), readToRoom(data)]).toEqual([
        ...[null, null, null, null],
      ]);
    }
    expect(readFromRoom({ type: 'token', askId: 1.5, fresh: true })).toBeNull();
    expect(readFromRoom({ type: 'token', askId: 1, fresh: 'yes' })).toBeNull();
    expect(readFromRoom({ type: 'event', name: 'constructor', detail: {}, askId: null })).toBeNull();
    expect(readFromRoom({ type: 'event', name: 'ready', detail: 'x', askId: null })).toBeNull();
    expect(readFromRoom({ type: 'event', name: 'ready', detail: {} })).toBeNull();
    expect(readToRoom({ type: 'token', askId: 1, token: 7 })).toBeNull();
    expect(readToRoom({ type: 'token', askId: 1 })).toBeNull();
    expect(readToRoom({ type: 'handled', askId: 1, isHandled: 'no' })).toBeNull();
    expect(readToRoom({ type: 'handled', isHandled: true })).toBeNull();
  });
});

describe('a room that goes', () => {
  const pagehide = (persisted: boolean) => Object.assign(new Event('pagehide'), { persisted });

  test('[PG134] says so, and not when the browser keeps it with the page around', async () => {
    const it = setUp();
    it.element();
    const room = it.room();
    await room.token(false);
    it.windows.room.dispatchEvent(pagehide(true));
    await room.token(false);
    expect(it.hellos).toEqual(['hello']);
    it.windows.room.dispatchEvent(pagehide(false));
    await vi.waitFor(() => expect(it.hellos).toEqual(['hello', 'leaving']));
  });

  test('[PG134] is not listened to once the next one has said hello', async () => {
    const it = setUp();
    it.element();
    const first = it.room();
    await first.token(false);
    it.windows.room.dispatchEvent(pagehide(false));
    const next = it.room();
    await next.token(false);
    expect(it.hellos).toEqual(['hello', 'hello']);
  });
});

describe('events', () => {
  const detail = { orderId: 'o1-abcdefghijkl', url: `${SHOP}/pay` };

  test('[PG77] reach the shop in order, and one that it takes over is answered so', async () => {
    const it = setUp({ isHandled: true });
    it.element();
    const room = it.room();
    room.tell('product', { productId: 'p1', title: 'Linen shirt' });
    await room.token(false);
    expect(await room.offer('checkout', detail)).toBe(true);
    expect(it.heard).toEqual([
      ['product', { productId: 'p1', title: 'Linen shirt' }],
      ['checkout', detail],
    ]);
  });

  test('[PG77] one that nobody takes over, or answers in time, stays with the room', async () => {
    const it = setUp();
    const room = it.room();
    expect(await room.offer('checkout', detail)).toBe(false);
    const talk = it.element();
    it.shop.hear({ livestall: 'hello', v: 1, nonce: NONCE }, { origin: SERVER, source: it.frame });
    expect(await room.offer('checkout', detail)).toBe(false);
    talk.close();
    const asked = room.offer('checkout', detail);
    await it.time.advance(OFFER_MS);
    expect(await asked).toBe(false);
  });
});
