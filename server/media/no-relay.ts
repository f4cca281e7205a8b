import { refuse } from '../kernel/outcome.ts';
import type { Relay } from './ports.ts';

/** The relay of a node that has none: says why, and everything else goes on. */
export function createNoRelay(reason: string, advice: string): Relay {
  return {
    status: () => ({ available: false, reason, advice }),
    rtpCapabilities: () => undefined,
    iceServers: () => [],
    openSender: async () => refuse('MEDIA_UNAVAILABLE'),
    connect: async () => refuse('TRANSPORT_NOT_FOUND'),
    restartIce: async () => refuse('TRANSPORT_NOT_FOUND'),
    publish: async () => refuse('TRANSPORT_NOT_FOUND'),
    setPaused: async () => refuse('PUBLICATION_NOT_FOUND'),
    unpublish: async () => refuse('PUBLICATION_NOT_FOUND'),
    watch: async () => refuse('MEDIA_UNAVAILABLE'),
    unwatch: async () => undefined,
    adjust: async () => refuse('CONSUMER_NOT_FOUND'),
    isSending: async () => false,
    leave: async () => undefined,
    observe: () => undefined,
    close: async () => undefined,
  };
}
