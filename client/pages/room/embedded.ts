import { BY_ELEMENT } from '../../embed/protocol.ts';

const asked = new URLSearchParams(location.search);
const embed = asked.get('embed');

/** In a frame of a shop's page: no way out of the room, no way home. */
export const isEmbedded = embed !== null && window.parent !== window;
/** The frame is the element's, which can be talked to. */
export const isInElement = isEmbedded && embed === BY_ELEMENT;

/** The shop's page may be light. Before the first paint. */
export function applyEmbedTheme(): void {
  const theme = asked.get('theme');
  if (isEmbedded && (theme === 'light' || theme === 'dark')) document.documentElement.dataset.theme = theme;
}

/** A frame has no way back from where a link leads: everything opens beside it. */
export function openLinksBeside(): void {
  document.addEventListener(
    'click',
    ({ target }) => {
      const link = target instanceof Element ? target.closest<HTMLAnchorElement>('a[href]') : null;
      if (link === null || link.target === '_blank' || !leadsAway(link)) return;
      link.target = '_blank';
      link.rel = 'noopener';
    },
    { capture: true },
  );
}

/** Not to a place in this page, nor to a program for mail or calls. */
function leadsAway(link: HTMLAnchorElement): boolean {
  return /^https?:$/.test(link.protocol) && !(link.getAttribute('href') ?? '').startsWith('#');
}
