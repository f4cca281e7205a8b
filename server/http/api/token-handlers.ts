import type { ApiDeps } from './deps.ts';
import { type HandlersOf, reply } from './handler.ts';
import type { tokenRoutes } from './token-routes.ts';

/** Longer than any token should live. */
const UNKNOWN_END_MS = 365 * 24 * 3_600_000;

export function createTokenHandlers({ revocations, serverNowMs }: ApiDeps): HandlersOf<typeof tokenRoutes> {
  return {
    revokeTokens: async ({ body, log, actor }) => {
      const { userId, tokenId, expiresAtMs = serverNowMs() + UNKNOWN_END_MS } = body;
      if (userId !== undefined) await revocations.revokeUser(userId, serverNowMs());
      if (tokenId !== undefined) await revocations.revokeToken(tokenId, expiresAtMs);
      log.info({ actor, ...body }, 'tokens were revoked');
      return reply(undefined);
    },
  };
}
