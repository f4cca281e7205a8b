import type { Ack } from '../../shared/kernel/ack.ts';
import type { Link } from './link.ts';
import type { Time } from './time.ts';

/** How one packet ended. Only a reply says what the server did. */
export type Attempt = { kind: 'reply'; ack: Ack<unknown> } | { kind: 'timeout' } | { kind: 'down' };

/** Packets under way on the current link. */
export type Attempts = {
  send(link: Link, name: string, input: unknown, timeoutMs: number): Promise<Attempt>;
  /** The link is gone: everything under way ends as `down`. */
  failAll(): void;
};

export function createAttempts(time: Time): Attempts {
  const underWay = new Set<(attempt: Attempt) => void>();
  return {
    send(link, name, input, timeoutMs) {
      return new Promise((resolve) => {
        function settle(attempt: Attempt): void {
          if (!underWay.delete(settle)) return;
          cancel();
          resolve(attempt);
        }
        const cancel = time.after(timeoutMs, () => settle({ kind: 'timeout' }));
        underWay.add(settle);
        link.send(name, input, (ack) => settle({ kind: 'reply', ack }));
      });
    },
    failAll() {
      for (const settle of [...underWay]) settle({ kind: 'down' });
    },
  };
}
