import { describe, expect, it } from 'vitest';
import { DeliverySample, socketsInOtherOrder } from './delivery-sample.ts';

const read = (sample: DeliverySample, text: string, nowMs = 1000): void => {
  const padded = Buffer.from(`~T~9 1 before${text}~T~8 1 after`);
  const start = 'before'.length + '~T~9 1 '.length;
  sample.read(padded, start, start + Buffer.byteLength(text), nowMs);
};

describe('DeliverySample', () => {
  it('reads number and time of every message in its range', () => {
    const sample = new DeliverySample(Buffer.from('~T~'));
    read(sample, '42["f",{"a":"~T~0 990.5 hi","b":"~T~1 998.25 上链接"}]');
    expect(sample.latenciesMs).toEqual([9.5, 1.75]);
    expect([sample.repeated, sample.omitted]).toEqual([0, 0]);
  });

  it('notices repeats and what the server left out', () => {
    const sample = new DeliverySample(Buffer.from('~T~'));
    read(sample, '"~T~2 1 x","~T~2 1 x","~T~1 1 x","omittedChat":7');
    read(sample, '"~T~3 1 x","omittedChat":0');
    expect([sample.repeated, sample.omitted]).toEqual([1, 7]);
  });

  it('compares the order between sockets', () => {
    const samples = ['"~T~1 1 ~T~0 1 "', '"~T~1 1 ~T~0 1 "', '"~T~0 1 ~T~1 1 "'].map((text) => {
      const sample = new DeliverySample(Buffer.from('~T~'));
      read(sample, text);
      return sample;
    });
    expect(socketsInOtherOrder(samples.slice(0, 2))).toBe(0);
    expect(socketsInOtherOrder(samples)).toBe(1);
  });
});
