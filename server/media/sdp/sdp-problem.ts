/** What is wrong with an SDP that somebody sent: to be told to them. The only thing that reading one throws. */
export class SdpProblem extends Error {
  override name = 'SdpProblem';
  /** Where: `line 12`, `section 1 (audio)`, or the whole. */
  readonly where: string;

  constructor(where: string, expected: string) {
    super(`${where}: ${expected}`);
    this.where = where;
  }
}

/** Codecs were offered, but none that the relay takes. */
export class CodecProblem extends Error {
  override name = 'CodecProblem';
  /** Media types that it takes. */
  readonly codecs: readonly string[];

  constructor(where: string, codecs: readonly string[]) {
    super(`${where}: none of its codecs is known here; expected one of ${codecs.join(', ')}`);
    this.codecs = codecs;
  }
}
