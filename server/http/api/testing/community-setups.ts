import type { DrawTerms } from '../../../../shared/plays/lottery/draw.ts';
import { eventually } from '../../../testing/eventually.ts';
import { opId } from '../../../testing/harness.ts';
import type { HttpNode } from '../../testing.ts';
import { openShop } from './shop.ts';

type Given = { params?: Readonly<Record<string, string>> };
const ROOM = { roomId: 'linen-house' };

/** A draw as the document shows it. */
const TERMS: DrawTerms = {
  ...{ title: 'Lucky bag', prizes: [{ title: 'A linen shirt', valueMinor: 12_900, count: 1 }] },
  ...{ conditions: [{ kind: 'follow' }], opensInMs: 0, durationMs: 300_000, trust: 'operator' },
  ...{ claimMs: 172_800_000, repeatMs: 2_592_000_000 },
};

const opOf = (actor: string) => ({ actor, opId: opId(), fingerprint: '' });

async function announced(node: HttpNode): Promise<{ drawId: string }> {
  await openShop(node, ROOM);
  const { lottery, room } = node.core.stores;
  const outcome = await lottery.announce(ROOM.roomId, opOf('host'), TERMS);
  if (!outcome.ok) throw new Error(outcome.code);
  const { drawId } = outcome.data;
  await room.follow(ROOM.roomId, opOf('u-1001'), true);
  await lottery.enter(ROOM.roomId, drawId, [{ userId: 'u-1001', role: 'viewer' }]);
  return { drawId };
}

async function revealed(node: HttpNode): Promise<{ drawId: string }> {
  const { drawId } = await announced(node);
  const { lottery } = node.core.stores;
  await lottery.close(ROOM.roomId, opOf('host'), drawId);
  await eventually(async () => {
    const record = await lottery.record(ROOM.roomId, drawId);
    if (record?.seed === null) throw new Error('not revealed yet');
  });
  return { drawId };
}

const open = async (node: HttpNode): Promise<Given> => ({ params: await announced(node) });
const over = async (node: HttpNode): Promise<Given> => ({ params: await revealed(node) });

async function reported(node: HttpNode): Promise<Given> {
  await openShop(node, ROOM);
  const { sellerReports } = node.core.stores;
  const outcome = await sellerReports.report(
    ROOM.roomId,
    { userId: 'u-1001', name: 'Mei' },
    { opId: opId(), productId: 'linen-shirt', reason: 'misleading', text: 'The tag says polyester.' },
  );
  if (!outcome.ok) throw new Error(outcome.code);
  await eventually(async () => {
    if ((await sellerReports.rooms.page(1)).rooms.length === 0) throw new Error('not in the index yet');
  });
  return { params: { reportId: outcome.data.reportId } };
}

/** Brings a node to where the examples of draws and moderation work. */
export const communitySetups = {
  listDraws: open,
  readDrawRecord: open,
  readDrawProof: over,
  readDrawEntries: over,
  listClaims: async (node: HttpNode): Promise<Given> => {
    const { drawId } = await revealed(node);
    const claim = { drawId, contact: 'Mei, 12 Linen Lane', name: 'Mei' };
    await node.core.stores.lottery.claim(ROOM.roomId, opOf('u-1001'), claim);
    return { params: { drawId } };
  },
  listReportedRooms: reported,
  listSellerReports: reported,
  resolveSellerReport: reported,
  listActions: async (node: HttpNode): Promise<Given> => {
    await openShop(node, ROOM);
    const op = { ...opOf('u-7'), name: 'Mo', tokenRole: 'moderator' as const, reason: 'spam' };
    const order = { userIds: ['u-1001'], kind: 'timeout' as const, durationMs: 600_000 };
    const more = { deleteMessages: false, devices: false };
    const outcome = await node.core.stores.moderation.sanction(ROOM.roomId, op, { ...order, ...more });
    if (!outcome.ok) throw new Error(outcome.code);
    return {};
  },
};
