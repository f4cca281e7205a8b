import { describe, expect, it } from 'vitest';
import { KERNEL_ERRORS } from '../../shared/kernel/errors.ts';
import { commandSpecs, eventSpecs, noticeSpecs } from '../../shared/protocol.ts';
import { settings } from '../config/settings.ts';
import { metricTable } from '../http/metric-table.ts';
import { createMetrics } from '../http/metrics.ts';
import { documents, fillSections, readDocument } from './docs.ts';

describe('documents', () => {
  for (const document of documents()) {
    it(`${document.path} is what "npm run docs" would write`, () => {
      const text = readDocument(document.path);
      expect(text).toBe(fillSections(document, text));
    });
  }

  it('docs/protocol.md names every command, event, notice and error code', () => {
    const text = readDocument('docs/protocol.md');
    const names = [
      ...commandSpecs.keys(),
      ...eventSpecs.keys(),
      ...noticeSpecs.keys(),
      ...Object.keys(KERNEL_ERRORS),
    ];
    expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });

  it('docs/configuration.md names every setting', () => {
    const text = readDocument('docs/configuration.md');
    expect(Object.keys(settings).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });

  it('docs/metrics.md names what the registry has, and nothing else of ours', async () => {
    const { registry } = createMetrics({ processMetrics: false });
    const registered = registry.getMetricsAsArray().map((metric) => metric.name);
    expect(registered.toSorted()).toEqual(
      Object.values(metricTable)
        .map((spec) => spec.name)
        .toSorted(),
    );
    const text = readDocument('docs/metrics.md');
    const named = new Set(text.match(/livestall_[a-z_]+/g)?.map((name) => name.replace(/_bucket$/, '')));
    expect([...named].toSorted()).toEqual(registered.toSorted());
  });

  it('a section without a mark, or a mark without a section, is told', () => {
    const marks = '<!-- generated: a -->\nold\n<!-- end: a -->';
    expect(fillSections({ path: 'x.md', sections: { a: 'new' } }, marks)).toContain('\nnew\n');
    expect(() => fillSections({ path: 'x.md', sections: {} }, marks)).toThrow('nothing makes');
    expect(() => fillSections({ path: 'x.md', sections: { a: '', b: '' } }, marks)).toThrow('no marks for b');
  });
});
