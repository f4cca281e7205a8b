import type { Receipt } from '../../../shared/kernel/receipt.ts';
import type { PublicJwk } from '../../../shared/trade/receipt-check.ts';

/**
 * The example of docs/receipts.md: the key of RFC 8032 section 7.1 (test 1), which everyone knows, and a
 * receipt that it signed.
 */
export const EXAMPLE_SEED = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';

export const EXAMPLE_KEY: PublicJwk & { use: string; alg: string } = {
  kty: 'OKP',
  crv: 'Ed25519',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  kid: 'kPrK_qmxVWaYVA9wwBF6Iu',
  use: 'sig',
  alg: 'EdDSA',
};
export const EXAMPLE_KEYS = { keys: [EXAMPLE_KEY] };

export const EXAMPLE_LEAF =
  '["linen-house","u-1001","tap-7Qm2vX9a",[["sale_8Jk2",1]],"REFUSED","SOLD_OUT",null,4711,1900000000000]';

export const EXAMPLE_RECEIPT: Receipt = {
  v: 1,
  roomId: 'linen-house',
  userId: 'u-1001',
  opId: 'tap-7Qm2vX9a',
  lines: [{ saleId: 'sale_8Jk2', quantity: 1 }],
  verdict: 'REFUSED',
  reason: 'SOLD_OUT',
  orderId: null,
  seq: 4711,
  atMs: 1_900_000_000_000,
  keyId: 'kPrK_qmxVWaYVA9wwBF6Iu',
  index: 1,
  size: 2,
  path: ['8Zaq9hx2goKo2D8tNfGtddEhmOUU1v-HCyGwcxd5-DQ'],
  signature: 'ndq8MQ_B18kn314eYPkdQQcOdQwFv-W1HeLBXMYXAQ4QlD0x-eS6ft7HJq3mRwNzbOBCrWjDKCqYS1LZaaZSCA',
};
