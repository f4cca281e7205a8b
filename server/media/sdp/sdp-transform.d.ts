/** What we use of sdp-transform 3, which comes without types. Whatever a peer wrote may be missing. */
declare module 'sdp-transform' {
  export type ParsedMedia = {
    type?: string;
    port?: number | string;
    protocol?: string;
    payloads?: string | number;
    mid?: string | number;
    direction?: string;
    setup?: string;
    iceUfrag?: string | number;
    icePwd?: string | number;
    fingerprint?: { type?: string; hash?: string };
    rtcpMux?: string;
    rtcpRsize?: string;
    bundleOnly?: string;
    rtp: {
      payload?: number | string;
      codec?: string | number;
      rate?: number | string;
      encoding?: string | number;
    }[];
    fmtp: { payload?: number | string; config?: string | number }[];
    rtcpFb?: { payload?: number | string; type?: string | number; subtype?: string | number }[];
    ext?: { value?: number | string; direction?: string; 'encrypt-uri'?: string; uri?: string }[];
    rids?: { id?: string | number; direction?: string }[];
    simulcast?: { dir1?: string; list1?: string | number; dir2?: string; list2?: string | number };
    ssrcs?: { id?: number | string; attribute?: string; value?: string | number }[];
    ssrcGroups?: { semantics?: string; ssrcs?: string | number }[];
  };
  export type ParsedSession = {
    direction?: string;
    setup?: string;
    iceUfrag?: string | number;
    icePwd?: string | number;
    fingerprint?: { type?: string; hash?: string };
    groups?: { type?: string; mids?: string | number }[];
    extmapAllowMixed?: string;
    media: ParsedMedia[];
  };
  const sdpTransform: {
    parse(sdp: string): ParsedSession;
  };
  export default sdpTransform;
}
