import { publicKeySet } from '../../trade/signing-keys.ts';
import type { ApiDeps } from './deps.ts';
import { type HandlersOf, reply } from './handler.ts';
import type { keyRoutes } from './key-routes.ts';
import { publicKeysOf } from './public-keys.ts';

export function createKeyHandlers(deps: ApiDeps): HandlersOf<typeof keyRoutes> {
  const keys = publicKeySet(publicKeysOf(deps));
  return {
    readPublicKeys: async () =>
      reply(keys, {
        'Cache-Control': 'public, max-age=300',
        // Public by nature: a page of any origin may check a receipt.
        'Access-Control-Allow-Origin': '*',
      }),
  };
}
