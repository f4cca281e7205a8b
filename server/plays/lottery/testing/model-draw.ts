import { createHmac } from 'node:crypto';

/** A draw worked out the plain way, from what the design says and with nothing of the server's own. */

export type ModelAward = {
  rank: number;
  ticket: number;
  user: string;
  status: 'won' | 'claimed' | 'passed-on';
  claimBeforeMs: number;
};

export type ModelDraw = {
  drawId: string;
  follow: boolean;
  prizes: number;
  repeatMs: number;
  claimMs: number;
  opensAtMs: number;
  closesAtMs: number;
  users: string[];
  /** Once frozen. */
  states: string[] | undefined;
  /** Once drawn: tickets in the order in which they are met, each once, without end. */
  order: Generator<number> | undefined;
  awards: ModelAward[];
  phase: 'entries' | 'frozen' | 'revealed' | 'cancelled';
};

export type ModelRoom = {
  nowMs: number;
  banned: Set<string>;
  follows: Set<string>;
  wonAt: Map<string, number>;
};

const wonLately = ({ wonAt, nowMs }: ModelRoom, user: string, repeatMs: number): boolean =>
  nowMs - (wonAt.get(user) ?? Number.NEGATIVE_INFINITY) < repeatMs;

/** What entering answers: a ticket, or a code. */
export function modelEnter(room: ModelRoom, draw: ModelDraw, user: string): number | string {
  if (room.banned.has(user)) return 'BANNED';
  const ticket = draw.users.indexOf(user) + 1;
  if (ticket > 0 && draw.phase !== 'cancelled') return ticket;
  if (draw.phase !== 'entries' || room.nowMs >= draw.closesAtMs) return 'ENTRIES_CLOSED';
  if (room.nowMs < draw.opensAtMs) return 'ENTRIES_NOT_OPEN';
  if (wonLately(room, user, draw.repeatMs)) return 'WON_RECENTLY';
  if (draw.follow && !room.follows.has(user)) return 'CONDITION_NOT_MET';
  return draw.users.push(user);
}

export function modelFreeze(room: ModelRoom, draw: ModelDraw): void {
  draw.phase = 'frozen';
  draw.states = draw.users.map((user) => {
    if (room.banned.has(user)) return 'void:banned';
    if (wonLately(room, user, draw.repeatMs)) return 'void:won-recently';
    return draw.follow && !room.follows.has(user) ? 'void:follow' : 'ok';
  });
}

export function modelDraw(room: ModelRoom, draw: ModelDraw, seed: string, randomness: string): void {
  draw.phase = 'revealed';
  draw.order = ticketsInOrder(seed, draw.drawId, randomness, draw.users.length);
  for (let rank = 1; rank <= draw.prizes && validLeft(draw) > 0; rank += 1) award(room, draw, rank);
}

/** Prizes whose time is over go on; once no valid ticket is left, to nobody. */
export function modelPassOn(room: ModelRoom, draw: ModelDraw): void {
  for (const each of [...draw.awards]) {
    if (each.status !== 'won' || room.nowMs < each.claimBeforeMs) continue;
    each.status = 'passed-on';
    if (validLeft(draw) > 0) award(room, draw, each.rank);
  }
}

export function modelClaim(room: ModelRoom, draw: ModelDraw, user: string): string {
  if (room.banned.has(user)) return 'BANNED';
  const award = draw.awards.find((each) => each.user === user);
  if (!award) return 'NOT_WON';
  if (award.status === 'claimed') return 'OK';
  if (award.status === 'passed-on' || room.nowMs >= award.claimBeforeMs) return 'CLAIM_OVER';
  award.status = 'claimed';
  return 'OK';
}

const validLeft = ({ states = [], awards }: ModelDraw): number =>
  states.filter((state) => state === 'ok').length - awards.length;

function award(room: ModelRoom, draw: ModelDraw, rank: number): void {
  for (;;) {
    const ticket = draw.order?.next().value as number;
    if (draw.states?.[ticket - 1] !== 'ok') continue;
    const user = draw.users[ticket - 1] as string;
    const claimBeforeMs = room.nowMs + draw.claimMs;
    draw.awards.push({ rank, ticket, user, status: 'won', claimBeforeMs });
    room.wonAt.set(user, room.nowMs);
    return;
  }
}

/** HMAC-SHA256(seed, drawId ‖ beacon ‖ i) as a number, without the part that would favour low tickets, modulo N. */
function* ticketsInOrder(seed: string, drawId: string, beacon: string, entries: number): Generator<number> {
  const n = BigInt(entries);
  const limit = (2n ** 256n / n) * n;
  const met = new Set<number>();
  for (let i = 0; ; i += 1) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(i);
    const hmac = createHmac('sha256', Buffer.from(seed, 'hex'));
    const r = BigInt(
      `0x${hmac.update(drawId).update(Buffer.from(beacon, 'hex')).update(count).digest('hex')}`,
    );
    if (r >= limit) continue;
    const ticket = Number(r % n) + 1;
    if (met.has(ticket)) continue;
    met.add(ticket);
    yield ticket;
  }
}
