import { expect, test } from 'vitest';
import type { Ack } from '../../../shared/kernel/ack.ts';
import type { Sanction } from '../../../shared/kernel/sanction.ts';
import { DEFAULT_MODES } from '../../../shared/plays/moderation/modes.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import { createManualTime } from '../../sdk/testing/manual-time.ts';
import { createConductPlay } from './model.ts';

const muted: Sanction = { actionId: 'a1', kind: 'mute', untilMs: null, reason: 'spam', appeal: 'none' };

function setUp(answer: Ack<unknown> = { ok: true, data: { appealId: 'x' } }) {
  const time = createManualTime();
  const listeners = new Map<string, (value: never) => void>();
  let resyncs = 0;
  const client = {
    roomId: 'r1',
    on: (name: string, listener: (value: never) => void) => listeners.set(name, listener),
    call: async () => answer,
    resync: () => {
      resyncs += 1;
    },
  } as unknown as LivestallClient;
  const play = createConductPlay(client, { time });
  const emit = (name: string, value: unknown) => listeners.get(name)?.(value as never);
  emit('snapshot', {
    snapshot: { moderation: { modes: DEFAULT_MODES } },
    you: { userId: 'ana', plays: { moderation: { sanctions: [] } } },
  });
  const sanctioned = () =>
    emit('events', {
      events: [
        {
          ...{ seq: 1, atMs: 0, name: 'moderation:sanctioned' },
          data: { userIds: ['ana'], kind: 'mute', untilMs: null },
        },
      ],
    });
  const notice = (name: string, data: object) => emit('notice', { roomId: 'r1', name, data });
  return { time, play, sanctioned, notice, resyncs: () => resyncs };
}

test('a notice that does not come is asked for; one that comes is enough', async () => {
  const lost = setUp();
  lost.sanctioned();
  await lost.time.advance(5_000);
  expect(lost.resyncs()).toBe(1);
  const told = setUp();
  told.sanctioned();
  told.notice('moderation:you-changed', { sanctions: [muted] });
  await told.time.advance(5_000);
  expect(told.resyncs()).toBe(0);
});

test('an appeal that went out is open, also when another device sent it first', async () => {
  const sent = setUp();
  sent.notice('moderation:you-changed', { sanctions: [muted] });
  await sent.play.appeal('a1', 'please');
  expect([sent.play.state.value.sanctions[0]?.appeal, sent.play.sent.value]).toEqual(['open', ['a1']]);
  const twice = setUp({ ok: false, error: { code: 'APPEALED', message: '', retryable: false } });
  twice.notice('moderation:you-changed', { sanctions: [muted] });
  await twice.play.appeal('a1', 'please');
  expect(twice.play.state.value.sanctions[0]?.appeal).toBe('open');
  const refused = setUp({ ok: false, error: { code: 'UNAVAILABLE', message: '', retryable: true } });
  refused.notice('moderation:you-changed', { sanctions: [muted] });
  await refused.play.appeal('a1', 'please');
  expect(refused.play.state.value.sanctions[0]?.appeal).toBe('none');
});

test('the answer to an appeal is news', () => {
  const { play, notice } = setUp();
  notice('moderation:appeal-answered', { actionId: 'a1', accepted: true, note: 'sorry' });
  expect(play.news.value).toEqual({ actionId: 'a1', accepted: true, note: 'sorry' });
});
