import { z } from 'zod';
import { timeMsSchema, userIdSchema } from '../../../shared/kernel/units.ts';
import type { ApiRoute } from './route.ts';

const revocationSchema = z
  .strictObject({
    userId: userIdSchema
      .optional()
      .meta({ description: 'Every token that this user has been given until now.' }),
    tokenId: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'The `jti` of one token, as it was answered when it was made.' }),
    expiresAtMs: timeMsSchema.optional().meta({
      description: 'When that token ends by itself, so that it can be forgotten. Left out: in a year.',
    }),
  })
  .refine(({ userId, tokenId }) => (userId === undefined) !== (tokenId === undefined), {
    message: 'expected a userId or a tokenId, not both',
    path: ['userId'],
  })
  .meta({ id: 'Revocation' });

export const tokenRoutes = {
  revokeTokens: {
    method: 'post',
    path: '/tokens/revocations',
    tag: 'Tokens',
    summary: 'Take tokens back before their time is over',
    description:
      'Whoever is connected with one is disconnected within ten seconds, with the reason `TOKEN_REVOKED`; nobody connects with one any more. By user, it goes to the second: a token made in the same second is taken back, too. This is about signing in. To keep somebody out of one room, ban them there.',
    auth: 'api-key',
    body: revocationSchema,
    success: { status: 204, text: 'They do not count any more. Saying it again is fine.' },
    problems: [],
    example: { body: { userId: 'u-1001' } },
  },
} as const satisfies Record<string, ApiRoute>;
