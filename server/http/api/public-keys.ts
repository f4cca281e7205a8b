import { type PublicHalf, publicHalf } from '../../trade/signing-keys.ts';
import type { ApiDeps } from './deps.ts';

/** The key that signs now, then those that signed before. */
export function publicKeysOf({ config, signing }: Pick<ApiDeps, 'config' | 'signing'>): PublicHalf[] {
  const retired = new Set(config.retiredSigningKeys);
  retired.delete(signing.key.x);
  return [signing.key, ...[...retired].map(publicHalf)];
}
