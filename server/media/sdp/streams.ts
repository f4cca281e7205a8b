import type { ParsedMedia } from 'sdp-transform';
import { SdpProblem } from './sdp-problem.ts';

/** One RTP stream that a section announces: by its SSRC, or by its RID where the SSRC is left open (RFC 8853). */
export type Stream = { ssrc?: number; rtxSsrc?: number; rid?: string };

const STREAMS_MAX = 8;
const RID = /^[A-Za-z0-9_-]{1,32}$/;

/** The streams that a section sends, lowest quality first as the peer lists them. Empty: it leaves them open. */
export function readStreams(media: ParsedMedia, where: string): Stream[] {
  const rids = simulcastRids(media);
  const streams: Stream[] =
    rids.length > 1 || (rids.length > 0 && (media.ssrcs ?? []).length === 0)
      ? rids.map((rid) => ({ rid }))
      : ssrcStreams(media);
  if (streams.length > STREAMS_MAX) throw new SdpProblem(where, `expected at most ${STREAMS_MAX} streams`);
  if (new Set(streams.map(({ ssrc, rid }) => rid ?? ssrc)).size < streams.length)
    throw new SdpProblem(where, 'expected every stream once');
  return streams;
}

/** `a=simulcast:send 0;1;~2`, of those that have an `a=rid:… send`. Of alternatives (`1,2`) the first counts. */
function simulcastRids(media: ParsedMedia): string[] {
  const known = new Set(
    (media.rids ?? []).filter(({ direction }) => direction === 'send').map(({ id }) => String(id)),
  );
  const { dir1, list1, dir2, list2 } = media.simulcast ?? {};
  const list = dir1 === 'send' ? list1 : dir2 === 'send' ? list2 : undefined;
  const listed =
    list === undefined
      ? [...known]
      : String(list)
          .split(';')
          .map((each) => (each.split(',')[0] ?? '').replace(/^~/, ''));
  return listed.filter((rid) => known.has(rid) && RID.test(rid));
}

/** The SSRC of the section, or those of a simulcast group (`SIM`); each with the one that repeats it (`FID`, RFC 5576). */
function ssrcStreams(media: ParsedMedia): Stream[] {
  const announced = new Set((media.ssrcs ?? []).map(({ id }) => id).filter(isSsrc));
  const groups = (media.ssrcGroups ?? []).map(({ semantics, ssrcs }) => ({
    semantics,
    ssrcs: String(ssrcs ?? '')
      .split(/\s+/)
      .map(Number)
      .filter(isSsrc),
  }));
  const rtx = new Map<number, number>();
  for (const { semantics, ssrcs } of groups) {
    const [first, second] = ssrcs;
    if (semantics === 'FID' && first !== undefined && second !== undefined) rtx.set(first, second);
  }
  const layers = groups
    .find(({ semantics }) => semantics === 'SIM')
    ?.ssrcs.filter((each) => announced.has(each));
  const ssrcs = layers && layers.length > 0 ? layers : [...announced].slice(0, 1);
  return ssrcs.map((ssrc) => {
    const rtxSsrc = rtx.get(ssrc);
    return rtxSsrc === undefined ? { ssrc } : { ssrc, rtxSsrc };
  });
}

/** 0 is kept for probes. */
function isSsrc(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 0xffff_ffff;
}
