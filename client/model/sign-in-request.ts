import type { Role } from '../../shared/kernel/units.ts';

export type Granted = {
  kind: 'granted';
  token: string;
  expiresAtMs: number;
  user: { userId: string; name: string; role: Role };
  /** For a new viewer: signs in as the same person next time. */
  code?: string;
};
/** `no-room`: it says nothing about the code or the name. */
export type Refused = { kind: 'refused' } | { kind: 'unreachable' } | { kind: 'no-room' };

/** Demo sign-in: a code from the server's first lines, or a name for a new viewer. Rejects without a network. */
export async function requestSignIn(
  body: { roomId: string } & ({ code: string } | { name: string }),
): Promise<Granted | Refused> {
  const response = await fetch('/api/v1/demo/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.ok) return { kind: 'granted', ...((await response.json()) as Omit<Granted, 'kind'>) };
  if (response.status === 404) return { kind: 'no-room' };
  const passing = response.status >= 500 || response.status === 429 || response.status === 408;
  return { kind: passing ? 'unreachable' : 'refused' };
}
