/**
 * Counts from the report of Vitest's JSON reporter. A file that failed although none of its tests did (it
 * cannot be imported, a hook threw, its worker crashed) counts as one failure.
 * @returns {{ passed: number, failed: number, skipped: number, brokenFiles: string[] }}
 */
export function countTests(report) {
  const counts = { passed: 0, failed: 0, skipped: 0, brokenFiles: [] };
  for (const file of report.testResults) {
    let failedHere = 0;
    for (const { status } of file.assertionResults) {
      if (status === 'passed') counts.passed += 1;
      else if (status === 'skipped' || status === 'todo') counts.skipped += 1;
      else failedHere += 1;
    }
    if (file.status === 'failed' && failedHere === 0) {
      failedHere = 1;
      counts.brokenFiles.push(file.name);
    }
    counts.failed += failedHere;
  }
  return counts;
}

/** The last line of `npm test`, for people and for CI. */
export function countsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
