import { LedgerProblem } from '../ledger-problem.ts';

/** Says what an error of the file system means here; gives any other back as it is. */
export function fileProblem(error: unknown, file: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  switch (code) {
    case 'ENOENT':
      return new LedgerProblem('FILE', `There is no file ${file}, or no folder for it.`);
    case 'EISDIR':
      return new LedgerProblem('FILE', `${file} is a folder; name a file in it.`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new LedgerProblem(
        'FILE',
        `${file} cannot be opened: this user may not, or the disk is read-only.`,
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return new LedgerProblem(
        'FILE',
        `The disk is full: ${file} could not be written to the end.`,
        'Make room and export again: it goes on where it stopped.',
      );
    default:
      return error;
  }
}
