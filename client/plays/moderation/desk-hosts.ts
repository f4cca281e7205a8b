/** The same as in the contract, which carries zod; a test compares them. */
export const HOSTS_MAX = 50;
const LABEL = '[a-z0-9\\u0080-\\u{10ffff}]';
const HOST = new RegExp(
  `^(?=.{1,253}$)(${LABEL}((?:${LABEL}|-){0,61}${LABEL})?\\.)+(?:${LABEL}|-){2,63}$`,
  'u',
);

/**
 * Host names from what was typed or pasted, one a line or parted by commas: an address counts as its host. `bad`: the
 * first that is none; null where they are too many.
 */
export function readHosts(typed: string): { ok: true; hosts: string[] } | { ok: false; bad: string | null } {
  const hosts: string[] = [];
  for (const part of typed.split(/[\s,，;；]+/u)) {
    const host = part
      .toLowerCase()
      .replace(/^https?:\/\//, '')
      .replace(/[/?#:].*$/, '')
      .replace(/^\*\./, '');
    if (part === '') continue;
    if (!HOST.test(host)) return { ok: false, bad: part };
    if (!hosts.includes(host)) hosts.push(host);
  }
  return hosts.length > HOSTS_MAX ? { ok: false, bad: null } : { ok: true, hosts };
}
