import type { Modes } from '../../../shared/plays/moderation/modes.ts';
import { findLinks, linkAllowed } from '../../text/links.ts';
import { maskHits } from '../../text/mask-hits.ts';
import type { WordMatcher } from '../../text/word-matcher.ts';

/** What a room filters by. */
export type FilterRules = {
  readonly matcher: WordMatcher;
  readonly links: Pick<Modes, 'links' | 'allowedHosts'>;
};

/** What becomes of a text; `text` has stars for the words that are to be masked. */
export type TextVerdict =
  | { outcome: 'pass'; text: string }
  | { outcome: 'block'; by: 'word' | 'link' }
  | { outcome: 'hold'; by: 'word' | 'link'; detail: string; text: string };

/** The strongest of what words and links ask for: to refuse comes before to hold, to hold before stars. */
export function judgeText(text: string, { matcher, links }: FilterRules): TextVerdict {
  const strongest = matcher.test(text);
  if (strongest === 'block') return { outcome: 'block', by: 'word' };
  const link =
    links.links === 'allow'
      ? undefined
      : findLinks(text).find(({ host }) => !linkAllowed(host, links.allowedHosts));
  if (link && links.links === 'block') return { outcome: 'block', by: 'link' };
  if (strongest === undefined && !link) return { outcome: 'pass', text };
  const hits = strongest === undefined ? [] : matcher.find(text);
  const shown = maskHits(
    text,
    hits.filter(({ action }) => action === 'mask'),
  );
  const held = hits.find(({ action }) => action === 'hold');
  if (held) return { outcome: 'hold', by: 'word', detail: held.word, text: shown };
  if (link) return { outcome: 'hold', by: 'link', detail: link.text, text: shown };
  return { outcome: 'pass', text: shown };
}

/** A name as it is shown: with stars for whatever is on a list. */
export function judgeName(name: string, { matcher }: FilterRules): string {
  return matcher.test(name) === undefined ? name : maskHits(name, matcher.find(name));
}
