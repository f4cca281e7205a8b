import { REGIONS } from '../../../shared/community/regions.ts';
import { type BeaconInfo, QUICKNET } from '../../../shared/lottery/beacon-info.ts';
import { hexOf } from '../../../shared/lottery/bytes.ts';
import { commitOf } from '../../../shared/lottery/fair-draw.ts';
import { type Award, DRAW_LIMITS, type Draw, type DrawTerms } from '../../../shared/plays/lottery/draw.ts';
import type { CommunityDeps } from '../../community/deps.ts';
import { type Outcome, ok, refuse } from '../../kernel/outcome.ts';
import { nodeHashes } from '../../lottery/node-hashes.ts';
import { mapReply, type OpRefusal, opField } from '../../redis/reply.ts';
import { loadScripts, type Script } from '../../redis/scripts.ts';
import { OP_HORIZON_MS, type Op } from '../../trade/trade.ts';
import { parseAward, type StoredAward, shownAward, yourDraw } from './award.ts';
import { callDraws, callDrawsDue } from './draw-call.store.ts';
import { DrawReads, type DrawRow } from './draw-reads.reader.ts';
import { DrawRecords } from './draw-records.ts';
import { type SecretSource, systemSecrets } from './draw-secrets.ts';
import { type EntryOutcome, type EntryRequest, enterDraw } from './entries.store.ts';
import { phraseSkeleton, termsFault, unclaimedPrizes, winnersWanted } from './lottery.rules.ts';

const scripts = loadScripts(import.meta.url, ['announce', 'steer', 'claim', 'progress', 'look', 'stand']);

type TermsRefusal =
  | 'TOO_MANY_DRAWS'
  | 'PRIZE_TOO_LARGE'
  | 'CONDITION_NOT_ALLOWED'
  | 'NO_BEACON'
  | 'INVALID_PAYLOAD'
  | OpRefusal;
type SteerRefusal = 'DRAW_NOT_FOUND' | 'WRONG_DRAW_PHASE' | OpRefusal;
type RedrawRefusal = SteerRefusal | 'NOTHING_TO_REDRAW' | 'TOO_MANY_DRAWS' | 'NO_BEACON';
type ClaimRefusal = 'DRAW_NOT_FOUND' | 'NOT_WON' | 'CLAIM_OVER' | OpRefusal;

export type Progress = {
  conditions: { met: boolean; have: number; need: number }[];
  wonRecently: boolean;
};
export type ClaimsPage = {
  claims: { award: Award; userId: string; contact: string | null }[];
  nextAward: number | null;
};
/** Where a user stands, for who tells them. */
export type Standing = { userId: string; you: ReturnType<typeof yourDraw> };

/** A redraw that others' claims overtake is read and tried again so often. */
const REDRAW_TRIES = 10;
const MINUTE_MS = 60_000;

/** Draws in Redis: what people ask for. What draws do by themselves is in `draw-steps.store.ts`. */
export class LotteryStore {
  readonly reads: DrawReads;
  readonly #deps: CommunityDeps;
  readonly #records: DrawRecords;
  readonly #secrets: SecretSource;

  constructor(deps: CommunityDeps, secrets: SecretSource = systemSecrets) {
    this.#deps = deps;
    this.#secrets = secrets;
    this.reads = new DrawReads(deps);
    this.#records = new DrawRecords(this.reads);
  }

  /** Commits to a fresh seed. `path` of a refusal names the prize or the condition. */
  async announce(roomId: string, op: Op, terms: DrawTerms): Promise<Outcome<Draw, TermsRefusal>> {
    const { config, random } = this.#deps;
    const hasBeacon = config.beaconUrls.length > 0;
    const fault = termsFault(terms, { region: config.regionProfile, hasBeacon });
    if (fault) return fault;
    const reply = await this.#announce(roomId, op, random.id('d'), terms, {
      capMinor: REGIONS[config.regionProfile].prizeCapMinor,
      valuesMinor: terms.prizes.map(({ valueMinor }) => valueMinor),
    });
    const [code, detail] = reply as [number, string];
    if (code === 14) return refuse('PRIZE_TOO_LARGE', { path: `prizes.${detail}.valueMinor` });
    const outcome = mapReply('announce', reply, { 13: 'TOO_MANY_DRAWS' } as const, (id) => id);
    return outcome.ok ? ok(await this.#draw(roomId, outcome.data)) : outcome;
  }

  /** A new draw for what nobody has claimed of a finished one. */
  async redraw(
    roomId: string,
    op: Op,
    { drawId, reason, durationMs }: { drawId: string; reason: string; durationMs: number },
  ): Promise<Outcome<Draw, RedrawRefusal>> {
    const newId = this.#deps.random.id('d');
    for (let tries = 0; tries < REDRAW_TRIES; tries += 1) {
      const row = await this.reads.row(roomId, drawId);
      if (!row) return refuse('DRAW_NOT_FOUND', { path: 'drawId' });
      const awards = await this.reads.awards(roomId, drawId, 0, row.awards);
      const reply = await this.#redraw(roomId, op, newId, { row, awards, reason, durationMs });
      if (!Array.isArray(reply)) return reply;
      if (reply[0] === 12) continue;
      const refusals = { 10: 'DRAW_NOT_FOUND', 11: 'WRONG_DRAW_PHASE', 13: 'TOO_MANY_DRAWS' } as const;
      const outcome = mapReply('announce', reply, refusals, (id) => id);
      return outcome.ok ? ok(await this.#draw(roomId, outcome.data)) : outcome;
    }
    throw new Error(`draw ${drawId} changed ${REDRAW_TRIES} times while it was to be repeated`);
  }

  /** The script's reply, or a refusal that needs none. */
  async #redraw(
    roomId: string,
    op: Op,
    newId: string,
    old: { row: DrawRow; awards: readonly StoredAward[]; reason: string; durationMs: number },
  ): Promise<unknown[] | ReturnType<typeof refuse<'NOTHING_TO_REDRAW' | 'NO_BEACON'>>> {
    const { head, version, phase, redrawnBy } = old.row;
    const { title, conditions, trust, claimMs, repeatMs } = head;
    const prizes = unclaimedPrizes(
      head.prizes,
      old.awards.filter(({ status }) => status === 'claimed'),
    );
    // A retry finds the draw repeated already; only the script can tell it from a second wish.
    const isFirst = phase === 'revealed' && redrawnBy === '';
    if (isFirst && prizes.length === 0) return refuse('NOTHING_TO_REDRAW');
    if (isFirst && trust === 'beacon' && this.#deps.config.beaconUrls.length === 0)
      return refuse('NO_BEACON');
    const open = old.awards.filter(({ status }) => status === 'won').map(({ no }) => no);
    const terms = { title, prizes, conditions, trust, claimMs, repeatMs, opensInMs: 0 };
    const reply = await this.#announce(
      roomId,
      op,
      newId,
      { ...terms, durationMs: old.durationMs },
      {
        ...{ capMinor: {}, valuesMinor: [] },
        redraw: { drawId: head.drawId, reason: old.reason, version, awards: JSON.stringify(open) },
      },
    );
    return reply as unknown[];
  }

  #announce(roomId: string, op: Op, drawId: string, terms: DrawTerms, more: object): Promise<unknown> {
    const { title, prizes, conditions, claimMs, repeatMs, opensInMs, durationMs } = terms;
    const chain = this.#chain();
    const trust = terms.trust ?? (chain ? 'beacon' : 'operator');
    const seed = this.#secrets();
    const commit = hexOf(commitOf(nodeHashes, seed));
    const head = { drawId, title, prizes, conditions, trust, claimMs, repeatMs, commit };
    return this.#command(scripts.announce, roomId, op, {
      ...{ drawId, commit, seed: hexOf(seed), entryKey: hexOf(this.#secrets()) },
      ...{ opensInMs, durationMs, claimMs, repeatMs, conditions: JSON.stringify(conditions) },
      ...{ head: JSON.stringify(head).slice(1, -1), skeleton: phraseSkeleton(conditions) },
      ...{ winnersMax: winnersWanted(prizes), runningMax: DRAW_LIMITS.drawsRunningMax.value },
      ...(chain && trust === 'beacon' ? { chain: { ...chain, json: JSON.stringify(chain) } } : {}),
      ...more,
    });
  }

  close(roomId: string, op: Op, drawId: string): Promise<Outcome<Draw, SteerRefusal>> {
    return this.#steer(roomId, op, { drawId, verb: 'close', reason: '' });
  }

  cancel(roomId: string, op: Op, drawId: string, reason: string): Promise<Outcome<Draw, SteerRefusal>> {
    return this.#steer(roomId, op, { drawId, verb: 'cancel', reason });
  }

  /**
   * Decides entries of one draw in their order, in one call; `ENTRIES_AT_ONCE` keep it well under a millisecond. Says also whether
   * the room has still to be told how many they are.
   */
  enter(
    roomId: string,
    drawId: string,
    requests: readonly EntryRequest[],
  ): Promise<{ outcomes: EntryOutcome[]; isUntold: boolean }> {
    return enterDraw(this.#deps, roomId, drawId, requests);
  }

  async progress(
    roomId: string,
    drawId: string,
    userId: string,
  ): Promise<Outcome<Progress, 'DRAW_NOT_FOUND'>> {
    const reply = await callDraws(this.#deps, scripts.progress, roomId, [drawId, userId]);
    const [code, lately, ...conditions] = reply as [number, number, ...[string, string, string][]];
    if (code === 10) return refuse('DRAW_NOT_FOUND', { path: 'drawId' });
    return ok({
      conditions: conditions.map(([kind, have, need]) => {
        const unit = kind === 'watch' ? MINUTE_MS : 1;
        return {
          met: Number(have) >= Number(need),
          ...{ have: Math.floor(Number(have) / unit), need: Number(need) / unit },
        };
      }),
      wonRecently: lately === 1,
    });
  }

  /** The contact lies with the award and nowhere else. */
  async claim(
    roomId: string,
    op: Op,
    { drawId, contact, name }: { drawId: string; contact: string; name: string },
  ): Promise<Outcome<Award, ClaimRefusal>> {
    const reply = await this.#command(scripts.claim, roomId, op, { drawId, contact, name });
    const refusals = { 10: 'DRAW_NOT_FOUND', 11: 'NOT_WON', 12: 'CLAIM_OVER' } as const;
    return mapReply('claim', reply, refusals, (result) => {
      const at = result.indexOf(' ');
      return shownAward(parseAward(Number(result.slice(0, at)), result.slice(at + 1)), false);
    });
  }

  async claims(
    roomId: string,
    drawId: string,
    fromAward: number,
    limit: number,
  ): Promise<Outcome<ClaimsPage, 'DRAW_NOT_FOUND'>> {
    const row = await this.reads.row(roomId, drawId);
    if (!row) return refuse('DRAW_NOT_FOUND', { path: 'drawId' });
    const to = Math.min(row.awards, fromAward + limit);
    const awards = await this.reads.awards(roomId, drawId, fromAward, to);
    const contacts = await this.reads.contacts(
      roomId,
      drawId,
      awards.map(({ no }) => no),
    );
    return ok({
      claims: awards.map((award, at) => ({
        award: shownAward(award, row.redrawnBy !== ''),
        userId: award.userId,
        contact: contacts[at] ?? null,
      })),
      nextAward: to < row.awards ? to : null,
    });
  }

  /** Newest first; undefined for a cursor that is none. */
  async draws(
    roomId: string,
    cursor: string | undefined,
    limit: number,
  ): Promise<{ draws: Draw[]; nextCursor: string | null } | undefined> {
    const ids = await this.reads.ids(roomId, cursor, limit + 1);
    if (ids === undefined) return undefined;
    const page = ids.slice(0, limit);
    return {
      draws: await this.#look(roomId, page),
      nextCursor: ids.length > limit ? (page.at(-1) ?? null) : null,
    };
  }

  /** Those of these users who have a ticket, and where they stand. */
  async standings(roomId: string, drawId: string, userIds: readonly string[]): Promise<Standing[]> {
    const argv = [drawId, JSON.stringify(userIds)];
    const reply = await callDraws(this.#deps, scripts.stand, roomId, argv);
    const [entryKey, redrawnBy, ...found] = reply as [string, string, ...string[][]];
    return found.map(([userId = '', ...mine]) => ({
      userId,
      you: yourDraw(entryKey, userId, redrawnBy !== '', mine),
    }));
  }

  /** The public record of a draw, in every phase; undefined where there is no such draw. Built once, then kept a while. */
  record(...args: Parameters<DrawRecords['record']>): ReturnType<DrawRecords['record']> {
    return this.#records.record(...args);
  }

  /** One ticket of the frozen list with its inclusion proof. */
  proof(...args: Parameters<DrawRecords['proof']>): ReturnType<DrawRecords['proof']> {
    return this.#records.proof(...args);
  }

  /** A page of the frozen list: the tickets after `after` (0 for the first page), `limit` of them at most. */
  entries(...args: Parameters<DrawRecords['entries']>): ReturnType<DrawRecords['entries']> {
    return this.#records.entries(...args);
  }

  /** The chain whose rounds decide; undefined: none is configured. */
  #chain(): BeaconInfo | undefined {
    const { beaconUrls, beaconInfo } = this.#deps.config;
    return beaconUrls.length === 0 ? undefined : (beaconInfo ?? QUICKNET);
  }

  async #steer(roomId: string, op: Op, args: object): Promise<Outcome<Draw, SteerRefusal>> {
    const reply = await this.#command(scripts.steer, roomId, op, args);
    const refusals = { 10: 'DRAW_NOT_FOUND', 11: 'WRONG_DRAW_PHASE' } as const;
    const outcome = mapReply('steer', reply, refusals, (id) => id);
    return outcome.ok ? ok(await this.#draw(roomId, outcome.data)) : outcome;
  }

  #command(script: Script, roomId: string, op: Op, args: object): Promise<unknown> {
    const { actor, opId, fingerprint } = op;
    const all = { actor, opId, fingerprint, field: opField(actor, opId), opHorizonMs: OP_HORIZON_MS };
    return callDrawsDue(this.#deps, script, roomId, [JSON.stringify({ ...all, ...args })]);
  }

  async #draw(roomId: string, drawId: string): Promise<Draw> {
    const [draw] = await this.#look(roomId, [drawId]);
    if (!draw) throw new Error(`draw ${drawId} is gone`);
    return draw;
  }

  async #look(roomId: string, drawIds: readonly string[]): Promise<Draw[]> {
    const reply = await callDraws(this.#deps, scripts.look, roomId, [JSON.stringify(drawIds)]);
    return (reply as string[]).filter((json) => json !== '').map((json) => JSON.parse(json) as Draw);
  }
}
