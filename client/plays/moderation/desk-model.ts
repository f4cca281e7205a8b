import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Ack, CallError } from '../../../shared/kernel/ack.ts';
import type { Action } from '../../../shared/plays/moderation/actions.ts';
import type { Modes } from '../../../shared/plays/moderation/modes.ts';
import type { AnyEvent } from '../../../shared/protocol.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import type { CallInput } from '../../sdk/types.ts';
import { createFreshAnswer } from './desk-fresh.ts';
import { chunksOf, isUndone, MESSAGES_MAX } from './desk-lengths.ts';
import { createPicking, type Picking } from './desk-picking.ts';
import * as desk from './desk-reducer.ts';

/** Says a refusal where it is read; true when it worked. */
export type Run = (call: Promise<Ack<unknown>>) => Promise<boolean>;

/** What was just done, and how it is taken back. */
export type Done = {
  what:
    | { kind: 'actions'; actions: readonly Action[] }
    | { kind: 'pin'; said: { userId: string; name: string } | null };
  untilMs: number;
  undo(): Promise<boolean>;
};

export type SanctionInput = Omit<CallInput<'moderation:sanction'>, 'opId'>;

export type Desk = Picking & {
  state: Signal<desk.DeskState>;
  /** Written beside what one key does. */
  reason: Signal<string>;
  done: Signal<Done | null>;
  /** The state but for what is said: changes when a record does, which is seldom. */
  records: ReadonlySignal<desk.DeskState>;
  /** Asks anew for what only staff knows. */
  refresh(): void;
  remove(messageIds: readonly string[], reason?: string): Promise<boolean>;
  hold(messageIds: readonly string[], reason?: string): Promise<boolean>;
  review(messageIds: readonly string[], approve: boolean, reason?: string): Promise<boolean>;
  sanction(input: SanctionInput): Promise<boolean>;
  /** Sanctions of which each may name few enough users; they are taken back together. */
  sanctionAll(inputs: readonly SanctionInput[]): Promise<boolean>;
  /** Rejects what still waits of these people, without a word: they are out. */
  rejectAllOf(userIds: readonly string[], reason: string): Promise<boolean>;
  lift(userId: string, what: 'speak' | 'enter', reason?: string): Promise<boolean>;
  setModes(modes: Partial<Modes>, reason?: string): Promise<boolean>;
  undo(actionId: string): Promise<boolean>;
  /** Takes back the last own act, once what is still on its way has been answered; false when there is none. */
  undoLast(): Promise<boolean>;
  pin(messageId: string | null): Promise<boolean>;
  appoint(input: Omit<CallInput<'moderation:appoint'>, 'opId'>): Promise<boolean>;
  resolve(appealId: string, accept: boolean, note: string): Promise<boolean>;
  run: Run;
};

const UNDO_KEY_MS = 10_000;

type Acted = Ack<{ action: Action }>;

/** `onGone`: a message that was to be taken back is no more in the room. */
export function createDesk(client: LivestallClient, run: Run, onGone: () => void = () => {}): Desk {
  const state = signal(desk.emptyDesk);
  const reason = signal('');
  const done = signal<Done | null>(null);
  const picking = createPicking(state);
  /** Resolves once every act sent so far has been answered: whoever presses U at once means the last of them. */
  let acted: Promise<unknown> = Promise.resolve();
  const fresh = createFreshAnswer(
    client,
    (answer, later) => {
      state.value = later.reduce(desk.reduceDesk, desk.fromAnswer(state.value, answer));
    },
    refused,
  );
  function refused(problem: CallError): void {
    state.value = { ...state.value, problem };
  }

  client.on('snapshot', ({ snapshot }) => {
    state.value = desk.fromSnapshot(state.value, snapshot);
    fresh.ask();
  });
  client.on('you', () => fresh.ask());
  client.on('events', ({ events }) => {
    fresh.heard(events);
    state.value = events.reduce((now, event: AnyEvent) => desk.reduceDesk(now, event), state.value);
    // The answer brings the first hundred that wait; once they are reviewed, the next are asked for.
    const isReviewed = events.some(({ name }) => name === 'moderation:acted');
    const isEmpty = state.value.lines.every((line) => line.state !== 'held');
    const isShort = isReviewed && isEmpty && state.value.heldBeyond > 0;
    // What somebody is after an appointment ends depends on their token, too.
    if (isShort || events.some(({ name }) => name === 'room:role-changed')) fresh.ask();
  });

  function noted(work: Promise<boolean>): Promise<boolean> {
    acted = Promise.allSettled([acted, work]);
    return work;
  }

  /** Runs calls of one intention one after the other; what they did can be undone together. */
  async function actInTurn(calls: readonly (() => Promise<Acted>)[]): Promise<boolean> {
    const actions: Action[] = [];
    let isFine = true;
    for (const call of calls) {
      const ack = await call();
      if (ack.ok) actions.push(ack.data.action);
      isFine = (await run(Promise.resolve(ack))) && isFine;
      if (!ack.ok && ack.error.code === 'MESSAGE_NOT_FOUND') onGone();
    }
    const undone = actions.filter(({ kind }) => isUndone(kind));
    if (undone.length > 0) offerUndo(undone);
    return isFine;
  }

  const act = (calls: readonly (() => Promise<Acted>)[]) => noted(actInTurn(calls));

  function offerUndo(actions: readonly Action[]): void {
    done.value = {
      what: { kind: 'actions', actions },
      untilMs: client.serverNow() + UNDO_KEY_MS,
      async undo() {
        done.value = null;
        let isFine = true;
        for (const action of actions.toReversed()) isFine = (await takeBack(action)) && isFine;
        if (isFine) picking.backTo(actions.flatMap(({ messages }) => messages));
        return isFine;
      },
    };
  }

  /** What was held is shown again by approving it: that is not an undo for the server. */
  function takeBack({ actionId, kind, messages }: Action): Promise<boolean> {
    if (kind !== 'hold') return undo(actionId);
    const messageIds = messages.map(({ messageId }) => messageId);
    return run(client.call('moderation:review', { messageIds, approve: true, reason: '' }));
  }

  const undo = (actionId: string) => run(client.call('moderation:undo', { actionId, reason: '' }));
  const say = (given: string | undefined) => (given ?? reason.value).trim();
  const sanctionAll = (inputs: readonly SanctionInput[]) =>
    act(
      inputs.map(
        (input) => () => client.call('moderation:sanction', { ...input, reason: say(input.reason) }),
      ),
    );
  const onMessages = (
    messageIds: readonly string[],
    call: (messageIds: string[]) => Promise<Acted>,
  ): Promise<boolean> => act(chunksOf(messageIds, MESSAGES_MAX).map((chunk) => () => call(chunk)));
  async function pin(messageId: string | null): Promise<boolean> {
    const before = state.value.pinned;
    const isDone = await run(client.call('chat:pin', { messageId }));
    if (!isDone) return false;
    const line = state.value.lines.find(({ message }) => message.messageId === messageId);
    done.value = {
      what: { kind: 'pin', said: line?.message ?? before },
      untilMs: client.serverNow() + UNDO_KEY_MS,
      undo() {
        done.value = null;
        return run(client.call('chat:pin', { messageId: before?.messageId ?? null }));
      },
    };
    return true;
  }

  return {
    ...{ ...picking, state, reason, done, sanctionAll, undo, run },
    records: recordsOf(state),
    refresh() {
      state.value = { ...state.value, problem: null };
      fresh.ask();
    },
    remove: (messageIds, why) =>
      picking.onward(
        messageIds,
        onMessages(messageIds, (chunk) =>
          client.call('moderation:delete', { messageIds: chunk, reason: say(why) }),
        ),
      ),
    hold: (messageIds, why) =>
      picking.onward(
        messageIds,
        onMessages(messageIds, (chunk) =>
          client.call('moderation:hold', { messageIds: chunk, reason: say(why) }),
        ),
      ),
    review: (messageIds, approve, why) =>
      picking.onward(
        messageIds,
        onMessages(messageIds, (chunk) =>
          client.call('moderation:review', { messageIds: chunk, approve, reason: say(why) }),
        ),
      ),
    async rejectAllOf(userIds, why) {
      const out = new Set(userIds);
      const messageIds = state.value.lines
        .filter(({ state, message }) => state === 'held' && out.has(message.userId))
        .map(({ message }) => message.messageId);
      let isFine = true;
      for (const chunk of chunksOf(messageIds, MESSAGES_MAX)) {
        const review = { messageIds: chunk, approve: false, reason: why };
        isFine = (await run(client.call('moderation:review', review))) && isFine;
      }
      return isFine;
    },
    sanction: (input) => sanctionAll([input]),
    async undoLast() {
      await acted;
      return undoable(done, client.serverNow())?.undo() ?? false;
    },
    lift: (userId, what, why) =>
      act([() => client.call('moderation:lift', { userId, what, reason: say(why) })]),
    setModes: (modes, why) => act([() => client.call('moderation:set-modes', { modes, reason: why ?? '' })]),
    pin: (messageId) => noted(pin(messageId)),
    appoint: (input) => act([() => client.call('moderation:appoint', input)]),
    resolve: (appealId, accept, note) =>
      run(client.call('moderation:resolve-appeal', { appealId, accept, reason: note })),
  };
}

const RECORDS = ['isReady', 'problem', 'actions', 'appeals', 'lists', 'staff', 'modes'] as const;

function recordsOf(state: ReadonlySignal<desk.DeskState>): ReadonlySignal<desk.DeskState> {
  let last = state.peek();
  return computed(() => {
    const now = state.value;
    if (RECORDS.some((part) => now[part] !== last[part])) last = now;
    return last;
  });
}

/** The last own action, as long as one key takes it back. */
export function undoable(done: ReadonlySignal<Done | null>, nowMs: number): Done | null {
  const last = done.value;
  return last !== null && nowMs < last.untilMs ? last : null;
}
