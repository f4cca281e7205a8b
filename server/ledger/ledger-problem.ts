export type LedgerProblemCode =
  | 'USAGE'
  | 'UNKNOWN_ROOM'
  | 'UNKNOWN_SALE'
  | 'NO_DATA'
  | 'REDIS_AWAY'
  | 'TRIMMED'
  | 'WENT_BACK'
  | 'ARCHIVE_GAP'
  | 'ARCHIVE_FOREIGN'
  | 'ARCHIVE_DAMAGED'
  | 'ARCHIVE_DIFFERS'
  | 'ARCHIVE_AHEAD'
  | 'ARCHIVE_BUSY'
  | 'NOT_EXPORTED'
  | 'BAD_FACT'
  | 'FILE';

/** Why a command cannot be done: what is wrong, then the way out. Shown without a stack. */
export class LedgerProblem extends Error {
  readonly code: LedgerProblemCode;

  constructor(code: LedgerProblemCode, ...lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'LedgerProblem';
    this.code = code;
  }
}
