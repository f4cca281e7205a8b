import { expect, it } from 'vitest';
import { FACTS, type FactKind } from '../../shared/trade/facts.ts';
import { readDocument } from '../testing/docs.ts';
import { EVENT_TYPE_OF, EVENT_TYPES, TEST_TYPE } from './event-types.ts';
import { messageOf } from './message.ts';

const text = readDocument('docs/webhooks.md');
type Body = { type: string; timestamp: string; data: { roomId: string; n: number; actor: string } };
const bodies = text.split('\n').filter((line) => line.startsWith('{"type":'));
const kindOf = Object.fromEntries(Object.entries(EVENT_TYPE_OF).map(([kind, type]) => [type, kind]));

it('[WH30] every type has a line in the table and a body', () => {
  for (const type of [...EVENT_TYPES, TEST_TYPE])
    expect(text).toMatch(new RegExp(`^\\| .*\`${type}\`.* \\|`, 'm'));
  expect(bodies.map((body) => (JSON.parse(body) as Body).type).toSorted()).toEqual(EVENT_TYPES.toSorted());
});

it.each(bodies.map((body) => [(JSON.parse(body) as Body).type, body]))(
  '[WH30] the body of %s is what the server would send',
  (type, body) => {
    const { timestamp, data } = JSON.parse(body) as Body;
    const { roomId, n, actor, ...fact } = data;
    const kind = kindOf[type] as FactKind;
    expect(FACTS[kind].safeParse(fact).error?.issues).toBeUndefined();
    const entry = { n, kind, actor, atMs: Date.parse(timestamp), data: JSON.stringify(fact) };
    expect(messageOf(roomId, entry)?.body).toBe(body);
  },
);
