import type { Publication, Source } from '../../../shared/plays/media/contract.ts';

/** One person on the stage, with the one picture of theirs that is shown. */
export type Tile = {
  userId: string;
  name: string;
  /** null: this person sends sound only. */
  picture: Publication | null;
  /** Sends sound, and it is not muted. */
  isHeard: boolean;
};

/** A show with more people than this is a crowd; who came first stays. */
export const TILES_MAX = 6;
/** An encoder is the whole programme; a screen is what the talk is about; a camera is the face. */
const RANK: Readonly<Partial<Record<Source, number>>> = { 'encoder-video': 2, screen: 1, camera: 0 };

/**
 * Who is shown, in order: the host of the room, then the others as they came. Each by the best picture they send:
 * encoder before screen before camera, one that runs before one that is paused, the newest of equals.
 */
export function arrange(publications: readonly Publication[]): Tile[] {
  const people = new Map<string, Publication[]>();
  for (const publication of publications) {
    const own = people.get(publication.userId);
    if (own === undefined) people.set(publication.userId, [publication]);
    else own.push(publication);
  }
  const cameAtMs = (own: readonly Publication[]) => Math.min(...own.map(({ startedAtMs }) => startedAtMs));
  const isHost = (own: readonly Publication[]) => Number(own[0]?.isHost === true);
  return [...people.values()]
    .sort((a, b) => isHost(b) - isHost(a) || cameAtMs(a) - cameAtMs(b))
    .slice(0, TILES_MAX)
    .map(tileOf);
}

function tileOf(own: readonly Publication[]): Tile {
  const [first] = own;
  const [picture = null] = own
    .filter(({ kind }) => kind === 'video')
    .sort(
      (a, b) => Number(a.paused) - Number(b.paused) || rankOf(b) - rankOf(a) || b.startedAtMs - a.startedAtMs,
    );
  return {
    userId: first?.userId ?? '',
    name: first?.name ?? '',
    picture,
    isHeard: own.some(({ kind, paused }) => kind === 'audio' && !paused),
  };
}

function rankOf({ source }: Publication): number {
  return RANK[source] ?? 0;
}

/** What is to be received for these tiles: the pictures that are shown, and all that can be heard. */
export function toReceive(tiles: readonly Tile[], publications: readonly Publication[]): Publication[] {
  const shown = new Set(tiles.map(({ picture }) => picture?.publicationId));
  return publications.filter(({ publicationId, kind }) => kind === 'audio' || shown.has(publicationId));
}
