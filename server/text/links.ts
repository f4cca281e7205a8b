import { domainToASCII } from 'node:url';
import { LinkifyIt } from 'linkify-it';
import { MAYBE_LINK, respell } from './link-spelling.ts';

/** Links and mail addresses in what people write, whatever way they are spelled. */

/** `host` is in lower case and ASCII (IDNA), of an address it is what follows the "@". */
export type Link = { text: string; start: number; end: number; host: string };

/** Endings of hosts besides all of two letters; these are where lures live. */
const ENDINGS =
  'com net org edu gov biz info pro name mobi asia aero coop museum shop store app dev page live online site website space top xyz vip club icu fun win bet loan work link click buzz cyou rest sbs bond lol today world group ltd company chat wang ren xin ink wiki art tech cloud win red press news blog video media mom men bid trade date stream download racing review science party accountant faith cricket'
    .split(' ')
    .concat(
      '中国',
      '中國',
      '公司',
      '网络',
      '网址',
      '商城',
      '网店',
      '在线',
      '香港',
      '我爱你',
      'рф',
      'онлайн',
      'сайт',
    );

/** Two-letter endings that are words: after a forgotten space, "love it.so cute" has no link. */
const WORDS = new Set(
  'am as at be by de do es et il in is it la li me mu my no pa pm ps so st su to us vi'.split(' '),
);

const finder = new LinkifyIt({ fuzzyLink: true, fuzzyIP: true, fuzzyEmail: true, urlAuth: true });
finder.tlds(ENDINGS, true);

/** Letters of scripts that hug a host without a space, replaced by one so that the host is seen by itself. */
const HUGGING =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}，。！？、]/gu;

function hostOf(url: string): string {
  const rest = url.replace(/^[a-z]+:/i, '').replace(/^\/\//, '');
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '');
  return canonicalHost(host);
}

/** As hosts are compared: ASCII, lower case, no full stop at the end. '' for what is no host. */
function canonicalHost(host: string): string {
  const plain = host.trim().replace(/\.$/, '').toLowerCase();
  return domainToASCII(plain);
}

/** Whether a match without a scheme is a word, a full stop without a space after it, and the next word. */
function isTwoWords(url: { schema: string; raw: string }): boolean {
  if (url.schema !== '') return false;
  const [, label = '', ending = ''] = /^([a-z]+)\.([a-z]{2})$/i.exec(url.raw) ?? [];
  return label !== '' && WORDS.has(ending.toLowerCase());
}

/**
 * Links in a cleaned text, by where they begin: with or without a scheme, with odd dots ("。"), a spelled dot
 * ("example dot com", "example[.]com"), spaces around the dot, and mail addresses.
 */
export function findLinks(text: string): Link[] {
  if (!MAYBE_LINK.test(text)) return [];
  const { text: plain, positions } = respell(text);
  const links: Link[] = [];
  const spaced = plain.replace(HUGGING, (char) => ' '.repeat(char.length));
  for (const version of spaced === plain ? [plain] : [spaced, plain]) {
    for (const match of finder.match(version) ?? []) {
      const from = match.index;
      const to = match.lastIndex;
      const start = positions?.[from] ?? from;
      const end = positions ? (positions[to - 1] ?? to - 1) + 1 : to;
      const host = hostOf(match.url);
      if (host === '' || isTwoWords(match)) continue;
      if (links.some((link) => link.start < end && start < link.end)) continue;
      links.push({ text: text.slice(start, end), start, end, host });
    }
  }
  return links.sort((a, b) => a.start - b.start);
}

/** Whether a link's host is one of the allowed ones, or a subdomain of one. An empty list allows none. */
export function linkAllowed(host: string, allowedHosts: readonly string[]): boolean {
  const wanted = canonicalHost(host);
  if (wanted === '') return false;
  return allowedHosts.some((each) => {
    const allowed = canonicalHost(each);
    if (allowed === '') return false;
    return wanted === allowed || (!isAddress(allowed) && wanted.endsWith(`.${allowed}`));
  });
}

const isAddress = (host: string): boolean => /^[\d.]+$|:/.test(host);
