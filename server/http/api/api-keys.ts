import { timingSafeEqual } from 'node:crypto';
import type { ApiKey } from '../../config/values.ts';
import { hashSecret } from '../same-secret.ts';

/** Knows keys by hash. Every key is compared in full, so that time tells nothing about any of them. */
export class ApiKeys {
  readonly #keys: readonly { name: string; hash: Buffer }[];

  constructor(keys: readonly ApiKey[]) {
    this.#keys = keys.map(({ name, secret }) => ({ name, hash: hashSecret(secret) }));
  }

  /** The name of the key in an `Authorization` header (RFC 6750), or undefined. */
  nameOf(authorization: string | undefined): string | undefined {
    const secret = bearer(authorization);
    if (secret === undefined) return undefined;
    const given = hashSecret(secret);
    let found: string | undefined;
    for (const key of this.#keys) if (timingSafeEqual(key.hash, given)) found = key.name;
    return found;
  }
}

export function bearer(authorization: string | undefined): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,2000})$/i.exec(authorization ?? '')?.[1];
}
