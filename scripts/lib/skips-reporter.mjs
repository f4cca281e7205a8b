import fs from 'node:fs';

/** A Vitest reporter: writes why each test was skipped (which the JSON reporter leaves out) to a file. */
export default class SkipsReporter {
  onTestRunEnd(modules) {
    const skips = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].map((test) => ({
        test: `${module.relativeModuleId} > ${test.fullName}`,
        why: reasonOf(test),
      })),
    );
    fs.writeFileSync(process.env.LIVESTALL_TEST_SKIPS, JSON.stringify(skips));
  }
}

function reasonOf(test) {
  const note = test.result().note;
  if (note) return note;
  for (let suite = test.parent; suite; suite = suite.parent) {
    if (suite.state() === 'failed' && suite.errors().length > 0) return 'its set-up failed';
  }
  if (test.options.mode === 'todo') return 'still to do';
  return 'skipped in its file, or left out by a filter';
}
