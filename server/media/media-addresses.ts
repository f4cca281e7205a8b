import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import type { MediaAddress } from '../config/media-values.ts';
import type { Config } from '../config/schema.ts';

/** Candidates cost every client a check each; a machine with many addresses must be told which to use. */
const MOST = 4;

/**
 * Where workers listen, and what browsers are told: as set, else where the server listens; where that is everywhere,
 * this machine's own addresses, public ones first. Browsers cannot connect to "everywhere".
 */
export function mediaAddresses(
  { mediaListen, host }: Pick<Config, 'mediaListen' | 'host'>,
  interfaces: typeof networkInterfaces = networkInterfaces,
): readonly MediaAddress[] {
  if (mediaListen.length > 0) return mediaListen;
  if (host === '0.0.0.0' || host === '::') {
    const own = ownAddresses(interfaces, host === '0.0.0.0').slice(0, MOST);
    return (own.length > 0 ? own : ['127.0.0.1']).map((ip) => ({ ip, announced: undefined }));
  }
  // A host name may have several addresses; the loopback's is known.
  return [{ ip: isIP(host) === 0 ? '127.0.0.1' : host, announced: undefined }];
}

function ownAddresses(interfaces: typeof networkInterfaces, onlyV4: boolean): string[] {
  const found = Object.values(interfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && !(onlyV4 && family === 'IPv6'))
    .map(({ address }) => address)
    .filter((address) => rank(address) < UNUSABLE);
  return [...new Set(found)].sort((a, b) => rank(a) - rank(b));
}

const UNUSABLE = 2;

/** Public first, then private; addresses of one link alone are of no use to browsers. */
function rank(address: string): number {
  const range = ipaddr.parse(address).range();
  if (range === 'unicast') return 0;
  if (range === 'private' || range === 'uniqueLocal' || range === 'carrierGradeNat') return 1;
  return UNUSABLE;
}
