import { expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { type TestNode, useHarness } from '../testing/harness.ts';

const harness = useHarness({ topology: 'standalone', appendonly: true });

const mint = (node: TestNode, userId: string) =>
  node.core.tokens.mint({ userId, name: userId, role: 'viewer', room: '*', ttlMs: 60_000 });
const refusal = (node: TestNode, token: string) =>
  harness.connect(node, token).then(
    () => 'connected',
    (error: Error & { data?: { code: string } }) => error.data?.code,
  );

it('[RT40] a token that was revoked opens no connection, and ends those it has, on every node', async () => {
  const [one, two] = [await harness.node(), await harness.node()];
  const [lost, kept] = [await mint(one, 'ana'), await mint(one, 'ana')];
  const phone = await harness.connect(two, lost.token);
  const laptop = await harness.connect(two, kept.token);
  await one.core.revocations.revokeToken(lost.tokenId, lost.expiresAtMs);
  expect(await refusal(one, lost.token)).toBe('TOKEN_REVOKED');
  expect(await refusal(two, lost.token)).toBe('TOKEN_REVOKED');
  await two.core.revocations.sweep();
  await eventually(() => expect(phone.closings).toMatchObject([{ reason: 'TOKEN_REVOKED' }]));
  expect(laptop.socket.connected).toBe(true);
  expect(await refusal(two, kept.token)).toBe('connected');
});

it('[RT41] all tokens that a user has been given go at once; later ones count, other users stay', async () => {
  const node = await harness.node();
  const [first, second, bo] = [await mint(node, 'cy'), await mint(node, 'cy'), await mint(node, 'bo')];
  const sockets = await Promise.all([first, second].map(({ token }) => harness.connect(node, token)));
  const other = await harness.connect(node, bo.token);
  await node.core.revocations.revokeUser('cy', Date.now());
  await node.core.revocations.sweep();
  for (const socket of sockets)
    await eventually(() => expect(socket.closings).toMatchObject([{ reason: 'TOKEN_REVOKED' }]));
  expect(await refusal(node, first.token)).toBe('TOKEN_REVOKED');
  expect(other.socket.connected).toBe(true);
  // Earlier than what was said already: nothing is given back.
  await node.core.revocations.revokeUser('cy', 1);
  expect(await refusal(node, second.token)).toBe('TOKEN_REVOKED');
  await node.core.revocations.revokeUser('dan', Date.now() - 60_000);
  expect(await refusal(node, (await mint(node, 'dan')).token)).toBe('connected');
});

it('[RT42] with Redis away nobody is kept out, and whoever came in meanwhile is asked about later', async () => {
  const node = await harness.node();
  const { token, tokenId, expiresAtMs } = await mint(node, 'eve');
  await node.core.revocations.revokeToken(tokenId, expiresAtMs);
  await node.core.revocations.sweep();
  await harness.redis.kill();
  const socket = await harness.connect(node, token);
  await harness.redis.restart();
  await eventually(async () => {
    await node.core.revocations.sweep();
    expect(socket.closings).toMatchObject([{ reason: 'TOKEN_REVOKED' }]);
  });
});
