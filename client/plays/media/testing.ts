import type { Publication } from '../../../shared/plays/media/contract.ts';

/** A publication for tests: the newer, the later it is made. */
export function publication(of: Partial<Publication> & Pick<Publication, 'source'>): Publication {
  made += 1;
  const kind = /microphone|sound|audio/.test(of.source) ? 'audio' : 'video';
  const userId = of.userId ?? 'lin';
  return {
    publicationId: `p${made}`,
    userId,
    name: userId,
    isHost: false,
    kind,
    paused: false,
    startedAtMs: made,
    ...of,
  };
}

let made = 0;
