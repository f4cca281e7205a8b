import { expect, it } from 'vitest';
import { LedgerProblem } from '../ledger-problem.ts';
import { fileProblem } from './file-problem.ts';

const failed = (code: string): Error => Object.assign(new Error(code), { code });

it('[LG9] what the file system refuses is said in words', () => {
  const words = {
    ENOENT: /no file/,
    EISDIR: /is a folder/,
    EACCES: /may not/,
    EROFS: /read-only/,
    ENOSPC: /disk is full.*\n.*goes on where it stopped/,
  };
  for (const [code, says] of Object.entries(words)) {
    const known = fileProblem(failed(code), '/some/archive.ndjson');
    expect(known).toBeInstanceOf(LedgerProblem);
    expect((known as LedgerProblem).message).toMatch(says);
    expect((known as LedgerProblem).message).toContain('/some/archive.ndjson');
  }
  const bug = new TypeError('something else');
  expect(fileProblem(bug, 'x')).toBe(bug);
});
