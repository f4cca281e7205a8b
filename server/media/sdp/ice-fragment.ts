import { type IceCredentials, iceCredentials } from './ice.ts';
import { linesOf } from './sdp-lines.ts';

export type IceFragment = {
  /** undefined: candidates alone, of the ICE session that there is. */
  ice: IceCredentials | undefined;
  /** How many. The relay is ICE lite: it answers checks from wherever they come, and needs none of them. */
  candidates: number;
};

/**
 * Reads `application/trickle-ice-sdpfrag` (RFC 8840).
 * @throws SdpProblem, and nothing else
 */
export function readIceFragment(text: string): IceFragment {
  const lines = linesOf(text, 'an SDP fragment');
  const attribute = (name: string): string | undefined =>
    lines.find((line) => line.startsWith(`a=${name}:`))?.slice(name.length + 3);
  const ufrag = attribute('ice-ufrag');
  const pwd = attribute('ice-pwd');
  return {
    ice: ufrag === undefined && pwd === undefined ? undefined : iceCredentials('the fragment', ufrag, pwd),
    candidates: lines.filter((line) => line.startsWith('a=candidate:')).length,
  };
}
