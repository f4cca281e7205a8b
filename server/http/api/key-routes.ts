import { z } from 'zod';
import 'zod-openapi';
import type { ApiRoute } from './route.ts';

const publicKeySchema = z
  .strictObject({
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: z.string().meta({ description: 'The public key, base64url.' }),
    kid: z.string().meta({ description: 'The `keyId` of receipts, the `kid` of payment references.' }),
    use: z.literal('sig'),
    alg: z.literal('EdDSA'),
  })
  .meta({ id: 'PublicKey' });

export const keyRoutes = {
  readPublicKeys: {
    method: 'get',
    path: '/.well-known/livestall-keys.json',
    wellKnown: true,
    tag: 'Orders',
    summary: 'The public keys of receipts and payment references',
    description:
      'A JSON Web Key Set (RFC 7517). The first key signs now; older ones are there so that what they signed can still be checked. May be cached for five minutes.',
    auth: 'none',
    rate: 'publicKeys',
    success: {
      status: 200,
      text: 'The keys.',
      schema: z.strictObject({ keys: z.array(publicKeySchema).min(1) }),
    },
    problems: [],
    example: {
      answer: {
        keys: [
          {
            kty: 'OKP',
            crv: 'Ed25519',
            x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
            kid: 'kPrK_qmxVWaYVA9wwBF6Iu',
            use: 'sig',
            alg: 'EdDSA',
          },
        ],
      },
    },
  },
} as const satisfies Record<string, ApiRoute>;
