import type { Link, LinkHandlers, OpenLink } from '../../../client/sdk/link.ts';
import type { Ack, Frame } from '../../../shared/kernel/ack.ts';
import type { AnyNotice } from '../../../shared/protocol.ts';
import type { ClientHandlers } from '../../wire/raw-client.ts';
import { dial, type Nodes } from './dial.ts';
import type { PacketCache } from './packet-cache.ts';

/** As the SDK's own link has it. */
const OPEN_TIMEOUT_MS = 8000;
const FRAME = Buffer.from('42["kernel:frame"');

export type SdkLinkOptions = {
  nodes: Nodes;
  cache: PacketCache;
  /** Position in the fleet; also says which node it is dealt to. */
  index: number;
  userId: string;
  /** Told of every connection that is tried. */
  onTry: () => void;
  /** Told why a connection came to nothing, before the SDK is, which only learns that it did. */
  onFailed: (why: string) => void;
};

/**
 * The SDK's port to the network (`OpenLink`) on a bare socket, in place of the Socket.IO client: everything above it, when to
 * come back, when to resume, what to send again, is the SDK's own code.
 */
export function sdkLinks({ nodes, cache, index, userId, onTry, onFailed }: SdkLinkOptions): OpenLink {
  let turn = index;
  return (auth, handlers) => {
    turn += 1;
    onTry();
    const replies = new Map<number, (ack: Ack<unknown>) => void>();
    const options = { auth, index, userId, timeoutMs: OPEN_TIMEOUT_MS };
    const line = dial(nodes, turn, options, hearing(handlers, replies, cache));
    let send: Link['send'] = () => {};
    line.connected.then(
      (client) => {
        send = (name, input, reply) => {
          replies.set(client.send(name, input), reply);
        };
        handlers.up();
      },
      (error: Error) => {
        const refused = refusal(error.message);
        onFailed(refused?.code ?? error.message);
        if (refused === null) handlers.down();
        else handlers.refused(refused.code, refused.retryAfterMs);
      },
    );
    return { send: (name, input, reply) => send(name, input, reply), close: line.close };
  };
}

function hearing(
  handlers: LinkHandlers,
  replies: Map<number, (ack: Ack<unknown>) => void>,
  cache: PacketCache,
): ClientHandlers {
  return {
    event(_client, buffer, start, end) {
      const frameEnd = Math.min(end, start + FRAME.length);
      if (buffer.compare(FRAME, 0, FRAME.length, start, frameEnd) === 0) {
        handlers.frame(cache.parse(buffer, start, end)[1] as Frame);
        return;
      }
      const text = buffer.toString('utf8', start + 2, end);
      const [name, data] = JSON.parse(text) as [string, unknown];
      if (name === 'kernel:notice') handlers.notice(data as AnyNotice);
      else if (name === 'kernel:closing') handlers.closing(data as Parameters<LinkHandlers['closing']>[0]);
    },
    ack(_client, id, buffer, jsonStart, end) {
      const reply = replies.get(id);
      replies.delete(id);
      reply?.((JSON.parse(buffer.toString('utf8', jsonStart, end)) as [Ack<unknown>])[0]);
    },
    closed: () => handlers.down(),
  };
}

/** What a refused handshake says; null where the connection merely failed. */
function refusal(message: string): { code: string | null; retryAfterMs?: number } | null {
  if (!message.startsWith('{')) return null;
  // Not parsed: only the beginning of a long message is there.
  const code = /"code":"([A-Z_]{1,40})"/.exec(message)?.[1] ?? null;
  const retryAfterMs = /"retryAfterMs":(\d{1,9})/.exec(message)?.[1];
  return { code, ...(retryAfterMs === undefined ? {} : { retryAfterMs: Number(retryAfterMs) }) };
}
