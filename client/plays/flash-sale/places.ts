/** Your places in line, kept right between the answers of the server. */

export type Place = {
  /** 1 is the next. */
  position: number;
  /** How many stand in that line. */
  waiting: number;
  /** Last event of the room that this counts. */
  seq: number;
};

export type Left = { seq: number; saleId: string; position: number; waiting: number };

export type Places = {
  bySale: Readonly<Record<string, Place>>;
  /** The latest who left a line: an answer that was under way does not count them yet. */
  lefts: readonly Left[];
};

export const noPlaces: Places = { bySale: {}, lefts: [] };

const LEFTS_KEPT = 200;

/** Someone left a line. Who stood behind moves up; whose place it was has left themself. */
export function someoneLeft(places: Places, left: Left): Places {
  const lefts = [...places.lefts, left].slice(-LEFTS_KEPT);
  const place = places.bySale[left.saleId];
  if (place === undefined) return { ...places, lefts };
  return { bySale: withPlace(places.bySale, left.saleId, moved(place, left)), lefts };
}

/** Someone joined at the end. */
export function someoneJoined(places: Places, saleId: string, waiting: number, seq: number): Places {
  const place = places.bySale[saleId];
  if (place === undefined || seq <= place.seq) return places;
  return { ...places, bySale: { ...places.bySale, [saleId]: { ...place, waiting, seq } } };
}

/** A place as the server told it; what happened after that is counted in. */
export function placeTold(places: Places, saleId: string, told: Place): Places {
  let place: Place | null = told;
  for (const left of places.lefts) {
    if (left.saleId === saleId && place !== null) place = moved(place, left);
  }
  return { ...places, bySale: withPlace(places.bySale, saleId, place) };
}

/** All your places, as the server told them. */
export function placesTold(places: Places, told: Readonly<Record<string, Place>>): Places {
  const none: Places = { ...places, bySale: {} };
  return Object.entries(told).reduce((so, [saleId, place]) => placeTold(so, saleId, place), none);
}

export function placeGone(places: Places, saleId: string): Places {
  return { ...places, bySale: withPlace(places.bySale, saleId, null) };
}

function moved(place: Place, left: Left): Place | null {
  if (left.seq <= place.seq) return place;
  if (left.position === place.position) return null;
  const position = left.position < place.position ? place.position - 1 : place.position;
  return { position, waiting: left.waiting, seq: left.seq };
}

function withPlace(bySale: Places['bySale'], saleId: string, place: Place | null): Places['bySale'] {
  const { [saleId]: _last, ...others } = bySale;
  return place === null ? others : { ...others, [saleId]: place };
}
