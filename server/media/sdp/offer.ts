import sdpTransform, { type ParsedMedia, type ParsedSession } from 'sdp-transform';
import { type DtlsParameters, dtlsParametersSchema } from '../../../shared/media/rtp.ts';
import { type IceCredentials, iceCredentials } from './ice.ts';
import { linesOf, quoted, SDP_LIMITS } from './sdp-lines.ts';
import { SdpProblem } from './sdp-problem.ts';
import { type OfferedSection, readSection } from './section.ts';

/** An offer of a WHIP or WHEP client, read and checked: one BUNDLE, as both protocols ask for. */
export type Offer = {
  sections: readonly OfferedSection[];
  /** Mids of the sections that may share the one transport. */
  bundled: ReadonlySet<string>;
  ice: IceCredentials;
  fingerprints: DtlsParameters['fingerprints'];
  /** Which end of the DTLS handshake the peer takes; `actpass`: whichever we leave. */
  setup: 'actpass' | 'active' | 'passive';
  extmapAllowMixed: boolean;
};

const SETUPS = ['actpass', 'active', 'passive'] as const;

/**
 * Reads an offer (RFC 8866, RFC 9429).
 * @throws SdpProblem, and nothing else
 */
export function readOffer(text: string): Offer {
  const lines = linesOf(text, 'an SDP offer');
  if (lines[0] !== 'v=0') throw new SdpProblem('line 1', `expected "v=0", got ${quoted(lines[0] as string)}`);
  const session = sdpTransform.parse(lines.join('\r\n'));
  const { media } = session;
  if (media.length === 0) throw new SdpProblem('the body', 'expected at least one m= section, got none');
  if (media.length > SDP_LIMITS.sections)
    throw new SdpProblem('the body', `expected at most ${SDP_LIMITS.sections} m= sections`);
  const sections = media.map((each, index) => readSection(each, index, session.direction));
  const mids = sections.map(({ mid }) => mid);
  if (new Set(mids).size < mids.length) throw new SdpProblem('the body', 'expected every a=mid once');
  const bundled = bundleOf(session, sections);
  const tagged = sections.find(({ mid, rejected }) => bundled.has(mid) && !rejected) ?? sections[0];
  const index = sections.indexOf(tagged as OfferedSection);
  return {
    sections,
    bundled,
    ...transportOf(session, media[index] as ParsedMedia, (tagged as OfferedSection).where),
    extmapAllowMixed: session.extmapAllowMixed !== undefined,
  };
}

function bundleOf(session: ParsedSession, sections: readonly OfferedSection[]): Set<string> {
  const group = session.groups?.find(({ type }) => type === 'BUNDLE');
  if (group !== undefined) {
    const known = new Set(sections.map(({ mid }) => mid));
    return new Set(
      String(group.mids ?? '')
        .split(/\s+/)
        .filter((mid) => known.has(mid)),
    );
  }
  const [only, ...others] = sections.filter(({ rejected }) => !rejected);
  if (others.length > 0) throw new SdpProblem('the body', 'expected a=group:BUNDLE with all its sections');
  return new Set(only === undefined ? [] : [only.mid]);
}

function transportOf(
  session: ParsedSession,
  media: ParsedMedia,
  where: string,
): Pick<Offer, 'ice' | 'fingerprints' | 'setup'> {
  const ufrag = media.iceUfrag ?? session.iceUfrag;
  const pwd = media.icePwd ?? session.icePwd;
  const fingerprint = media.fingerprint ?? session.fingerprint;
  if (fingerprint === undefined) throw new SdpProblem(where, 'expected a=fingerprint');
  const checked = dtlsParametersSchema.safeParse({
    fingerprints: [
      { algorithm: String(fingerprint.type ?? '').toLowerCase(), value: String(fingerprint.hash ?? '') },
    ],
  });
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw new SdpProblem(where, `a=fingerprint: ${issue?.message ?? 'invalid'}`);
  }
  const given = media.setup ?? session.setup ?? 'actpass';
  const setup = SETUPS.find((each) => each === given);
  if (setup === undefined) throw new SdpProblem(where, 'expected a=setup:actpass');
  return {
    ice: iceCredentials(where, text(ufrag), text(pwd)),
    fingerprints: checked.data.fingerprints,
    setup,
  };
}

/** The parser makes numbers of what looks like one. */
function text(value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
