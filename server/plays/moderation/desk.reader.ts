import type { ChatMessage } from '../../../shared/community/chat-message.ts';
import type { FanBadge } from '../../../shared/community/fans.ts';
import type { CommandOutput } from '../../../shared/kernel/contract.ts';
import type { Sanction } from '../../../shared/kernel/sanction.ts';
import { isAbove, ROLES, type Role } from '../../../shared/kernel/units.ts';
import type { moderationContract } from '../../../shared/plays/moderation/contract.ts';
import type { Appeal, Reported } from '../../../shared/plays/moderation/desk-records.ts';
import { type Outcome, ok, refuse } from '../../kernel/outcome.ts';
import type { Reader } from '../../kernel/play.ts';
import type { RedisClient } from '../../redis/client.ts';
import type { Keys } from '../../redis/keys.ts';
import { queueScript } from '../../redis/queued-script.ts';
import { loadScripts, runScript, type Script } from '../../redis/scripts.ts';
import type { Caller } from './moderation.rules.ts';
import { keysOf } from './moderation.store.ts';
import { KEPT_MS, REPORTED_MAX } from './reports.store.ts';

const scripts = loadScripts(import.meta.url, ['desk', 'person', 'you']);

const APPEALS_MAX = 50;
const MESSAGES_MAX = 20;
/** A reported message that has left the history can be told of, and no more be taken back. */
const LEFT_SHOWN_MS = 3_600_000;

type Contract = typeof moderationContract;
export type DeskPeople = Pick<
  CommandOutput<Contract, 'moderation:desk'>,
  'seq' | 'appeals' | 'reported' | 'staff'
>;
export type Person = Omit<CommandOutput<Contract, 'moderation:person'>, 'actions'>;
type Refused = 'BANNED' | 'FORBIDDEN';

export type DeskReaderDeps = {
  redis: RedisClient;
  keys: Keys;
  scriptNow: () => string;
  /** Redis' time, as this node knows it. */
  serverNowMs: () => number;
};

/** What moderators see. Asked for by somebody who is banned, or no moderator any more, it says so. */
export class DeskReader {
  readonly #deps: DeskReaderDeps;

  constructor(deps: DeskReaderDeps) {
    this.#deps = deps;
  }

  /** `seq` is read first: what changes from there on comes as an event. */
  async desk(roomId: string, caller: Caller): Promise<Outcome<DeskPeople, Refused>> {
    const argv = [this.#deps.scriptNow(), ...whoIs(caller), String(APPEALS_MAX), String(REPORTED_MAX)];
    const reply = await this.#run(scripts.desk, roomId, argv);
    if (!reply.ok) return reply;
    const [seq, roles, appeals, reported] = reply.data as [string, string[], string[], string[]];
    const nowMs = this.#deps.serverNowMs();
    return ok({
      seq: Number(seq),
      appeals: appeals.map((json) => JSON.parse(json) as Appeal),
      reported: readReported(reported, nowMs),
      staff: readStaff(roles, nowMs),
    });
  }

  async person(roomId: string, caller: Caller, userId: string): Promise<Outcome<Person, Refused>> {
    const argv = [this.#deps.scriptNow(), ...whoIs(caller), userId, String(MESSAGES_MAX)];
    const reply = await this.#run(scripts.person, roomId, argv);
    if (!reply.ok) return reply;
    const [role, badge, since, watched, paid, nodes, sanctions, messages] = reply.data as [
      ...[role: Role, badge: string, since: string, watched: string, paid: string, nodes: string],
      ...[sanctions: string, messages: string[]],
    ];
    return ok({
      ...{ userId, role },
      badge: JSON.parse(badge) as FanBadge | null,
      followingSinceMs: since === '' ? null : Number(since),
      watchedMs: Number(watched),
      hasPaidOrders: Number(paid) > 0,
      here: Number(nodes) > 0,
      sanctions: JSON.parse(sanctions) as Sanction[],
      messages: messages.map((json) => JSON.parse(json) as ChatMessage),
    });
  }

  /** Whether the caller may see what only staff does, by what Redis knows. */
  async mayRead(roomId: string, caller: Caller): Promise<Outcome<object, Refused>> {
    const argv = [this.#deps.scriptNow(), ...whoIs(caller), '0', '0'];
    const reply = await this.#run(scripts.desk, roomId, argv);
    return reply.ok ? ok({}) : reply;
  }

  async #run(script: Script, roomId: string, argv: string[]): Promise<Outcome<unknown[], Refused>> {
    const { keys, redis } = this.#deps;
    const reply = await runScript(redis, script, keysOf(script, keys.room(roomId)), argv);
    const [code, ...rest] = reply as [number, ...unknown[]];
    if (code === 3) return refuse('BANNED');
    if (code === 10) return refuse('FORBIDDEN');
    return ok(rest);
  }
}

const whoIs = ({ user, connection }: Caller) => [user.userId, connection.token.role];

/** What desk.lua says was reported: the latest first. */
function readReported(rows: readonly string[], nowMs: number): Reported[] {
  return rows
    .flatMap((row): Reported[] => {
      const [isThere, at, reports, last = '[]', message = ''] = row.split('\n');
      const reportedAtMs = Number(at);
      if (nowMs - reportedAtMs >= (isThere === '1' ? KEPT_MS : LEFT_SHOWN_MS)) return [];
      const told = { reports: Number(reports), last: JSON.parse(last) as Reported['last'], reportedAtMs };
      return [{ message: JSON.parse(message) as ChatMessage, ...told }];
    })
    .sort((a, b) => b.reportedAtMs - a.reportedAtMs || (a.message.messageId < b.message.messageId ? 1 : -1));
}

/** Pairs of K.roles, as the people above a viewer: the highest first. */
export function readStaff(pairs: readonly string[], nowMs: number): DeskPeople['staff'] {
  const staff = new Map<string, DeskPeople['staff'][number]>();
  for (let i = 0; i < pairs.length; i += 2) {
    const userId = (pairs[i] as string).slice(2);
    const [role, until] = (pairs[i + 1] as string).split(' ') as [Role, string];
    const endsAtMs = Number(until) === 0 ? null : Number(until);
    if (!isAbove(role, 'viewer') || (endsAtMs !== null && endsAtMs <= nowMs)) continue;
    // A token's end is no appointment's: the next token says the same.
    const untilMs = (pairs[i] as string).startsWith('t ') ? null : endsAtMs;
    const known = staff.get(userId);
    if (!known || isAbove(role, known.role)) staff.set(userId, { userId, role, untilMs });
    // The same role twice lasts as long as the one that has no end.
    else if (role === known.role && untilMs === null) staff.set(userId, { userId, role, untilMs });
  }
  return [...staff.values()].sort(
    (a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role) || (a.userId < b.userId ? -1 : 1),
  );
}

/** What one user is under. */
export function youReader(scriptNow: () => string): (userId: string) => Reader<{ sanctions: Sanction[] }> {
  return (userId) => ({
    queue(pipe, { sanctions, actions, appeals }) {
      queueScript(pipe, scripts.you, [sanctions, actions, appeals], [scriptNow(), userId]);
    },
    parse: ([json]) => ({ sanctions: JSON.parse(String(json)) as Sanction[] }),
  });
}
