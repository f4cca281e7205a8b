import { lookup as dnsLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Which network addresses a webhook may go to: not into our own network, unless the operator said so. */

export type Resolved = { address: string; family: 4 | 6 };
/** All addresses of a name. Rejects when there are none. */
export type Resolve = (hostname: string) => Promise<Resolved[]>;

/**
 * Asks as every program of this machine does, so that /etc/hosts counts too. Such questions share a few
 * threads with all of the process: a name that is slow to answer must not be asked for many times at once.
 */
export function systemResolve(): Resolve {
  const asking = new Map<string, Promise<Resolved[]>>();
  return (hostname) => {
    let answer = asking.get(hostname);
    if (!answer) {
      answer = ask(hostname).finally(() => asking.delete(hostname));
      asking.set(hostname, answer);
    }
    return answer;
  };
}

const ask: Resolve = (hostname) =>
  new Promise((resolve, reject) => {
    dnsLookup(hostname, { all: true, verbatim: true }, (error, found) => {
      if (error) reject(error);
      else resolve(found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 })));
    });
  });

/** Thrown where a connection would go to an address that is not allowed. */
export class AddressRefused extends Error {
  readonly code = 'EADDRREFUSED';
}

const GLOBAL_UNICAST_V6 = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];
const NAT64 = ipaddr.parseCIDR('64:ff9b::/96') as [ipaddr.IPv6, number];

/** An address on the public Internet, by the registries of IANA. What embeds an IPv4 address is judged by that. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text) || text.includes('%')) return false;
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';
  const ipv6 = address as ipaddr.IPv6;
  if (ipv6.isIPv4MappedAddress()) return ipv6.toIPv4Address().range() === 'unicast';
  // How a network without IPv4 reaches the rest of the Internet (RFC 6052).
  if (ipv6.match(NAT64)) return new ipaddr.IPv4(ipv6.toByteArray().slice(12)).range() === 'unicast';
  return ipv6.range() === 'unicast' && ipv6.match(GLOBAL_UNICAST_V6);
}

/** What `webhookAllowPrivate` allows: host names, addresses and CIDR blocks. */
export class AllowList {
  readonly #hosts = new Set<string>();
  readonly #blocks: [ipaddr.IPv4 | ipaddr.IPv6, number][] = [];

  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      if (ipaddr.isValidCIDR(entry)) this.#blocks.push(ipaddr.parseCIDR(entry));
      else if (isIP(entry)) {
        const address = ipaddr.parse(entry);
        this.#blocks.push([address, address.kind() === 'ipv4' ? 32 : 128]);
      } else this.#hosts.add(entry.toLowerCase());
    }
  }

  host(hostname: string): boolean {
    return this.#hosts.has(hostname.toLowerCase());
  }

  address(text: string): boolean {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return this.#blocks.some(
      ([block, bits]) => block.kind() === address.kind() && address.match(block, bits),
    );
  }
}

/**
 * A `lookup` for sockets that resolves, checks every address and hands over only what it checked: the
 * connection goes to that very address, so a name that means another one later changes nothing.
 * `privateOnly`: only what the operator allowed, for connections without TLS.
 */
export function checkedLookup(resolve: Resolve, allowed: AllowList, privateOnly: boolean): LookupFunction {
  return (hostname, options, callback) => {
    const look = async (): Promise<Resolved[]> => {
      const found = await resolve(hostname);
      const first = found[0];
      if (!first) throw new Error(`${hostname} has no address`);
      if (allowed.host(hostname)) return found;
      for (const { address } of found) {
        const fine = allowed.address(address) || (!privateOnly && isPublicAddress(address));
        if (!fine) throw new AddressRefused(`${hostname} resolves to an address that is not allowed`);
      }
      return found;
    };
    look().then(
      (found) => {
        const [first] = found as [Resolved];
        if (options.all) callback(null, found);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}
