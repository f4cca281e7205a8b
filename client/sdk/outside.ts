import type { Ack } from '../../shared/kernel/ack.ts';
import { localError } from './calls.ts';
import { authOf } from './connection.ts';
import type { Link, OpenLink } from './link.ts';
import type { Time } from './time.ts';
import type { GetToken } from './types.ts';

/** A command from outside the room: a line of its own, one packet, one answer. */
export type Outside = (name: string, input: object) => Promise<Ack<unknown>>;

type Options = { openLink: OpenLink; getToken: GetToken; device: string | undefined; time: Time };

const ANSWER_MS = 10_000;

/** For those who were sent out: the line that the room was on is gone, and asking why or appealing needs one. */
export function createOutside({ openLink, getToken, device, time }: Options): Outside {
  return async (name, input) => {
    const token = await getToken({ fresh: false }).catch(() => null);
    return new Promise((resolve) => {
      let link: Link | null = null;
      let isSent = false;
      let isOver = false;
      function end(ack: Ack<unknown>): void {
        if (isOver) return;
        isOver = true;
        cancel();
        link?.close();
        resolve(ack);
      }
      const fail = () => end({ ok: false, error: localError(isSent ? 'OUTCOME_UNKNOWN' : 'UNAVAILABLE') });
      const cancel = time.after(ANSWER_MS, fail);
      link = openLink(authOf(token, device), {
        up() {
          isSent = true;
          link?.send(name, input, end);
        },
        refused: fail,
        down: fail,
        frame() {},
        notice() {},
        closing() {},
      });
    });
  };
}
