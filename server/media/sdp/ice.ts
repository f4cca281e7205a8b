import { SdpProblem } from './sdp-problem.ts';

/** Credentials of a peer's ICE agent (RFC 8445, 5.3). */
export type IceCredentials = { ufrag: string; pwd: string };

/** RFC 8839, 5.4: 4 to 256 and 22 to 256 of these. */
const UFRAG = /^[A-Za-z0-9+/]{4,256}$/;
const PWD = /^[A-Za-z0-9+/]{22,256}$/;

/** @throws SdpProblem */
export function iceCredentials(
  where: string,
  ufrag: string | undefined,
  pwd: string | undefined,
): IceCredentials {
  if (ufrag === undefined || !UFRAG.test(ufrag))
    throw new SdpProblem(where, 'expected a=ice-ufrag with 4 to 256 of A-Z, a-z, 0-9, "+" and "/"');
  if (pwd === undefined || !PWD.test(pwd))
    throw new SdpProblem(where, 'expected a=ice-pwd with 22 to 256 of A-Z, a-z, 0-9, "+" and "/"');
  return { ufrag, pwd };
}
