import { createManualTime, type ManualTime } from '../sdk/testing/manual-time.ts';
import type { Timers } from './patience.ts';

export const SERVER = 'https://live.example';
export const SHOP = 'https://shop.example';

type Sent = { origin: string; source: unknown; ports?: MessagePort[] };

/** Hears what is sent to it, as a window does; who sent it is for the test to say. */
export class FakeWindow extends EventTarget {
  hear(data: unknown, sent: Sent): void {
    // Node's MessageEvent takes no window as a source.
    this.dispatchEvent(Object.assign(new Event('message'), { data, ports: [], ...sent }));
  }
}

export function timersOf(time: ManualTime): Timers {
  const cancels: (() => void)[] = [];
  return {
    set: (task, afterMs) => cancels.push(time.after(afterMs, task)) - 1,
    clear: (timer) => timer !== undefined && cancels[timer]?.(),
  };
}

/** A shop's window and the room's in it, joined as a browser would. */
export function twoWindows() {
  const time = createManualTime();
  const shop = new FakeWindow();
  const posted: { to: 'shop' | 'room'; target: string; data: unknown }[] = [];
  const ports: MessagePort[] = [];
  const parent = {
    postMessage(data: unknown, target: string) {
      posted.push({ to: 'shop', target, data });
      shop.hear(data, { origin: SERVER, source: frame });
    },
  };
  const room = Object.assign(new FakeWindow(), { parent });
  const frame = {
    postMessage(data: unknown, target: string, transfer: MessagePort[]) {
      posted.push({ to: 'room', target, data });
      ports.push(...transfer);
      if (target === SERVER) room.hear(data, { origin: SHOP, source: parent, ports: transfer });
    },
  };
  return {
    ...{ shop, room, frame, parent, time, posted },
    asWindow: <T>(fake: object) => fake as unknown as T,
    close: () => {
      for (const port of ports) port.close();
    },
  };
}
