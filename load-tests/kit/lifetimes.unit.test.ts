import { describe, expect, it } from 'vitest';
import { Lifetimes } from './lifetimes.ts';

describe('Lifetimes', () => {
  it('closes in reverse order, once, and goes on after a failure', async () => {
    const closed: string[] = [];
    const lifetimes = new Lifetimes();
    lifetimes.add('first', () => void closed.push('first'));
    lifetimes.add('second', () => {
      throw new Error('stuck');
    });
    lifetimes.add('third', async () => void closed.push('third'));
    expect(await lifetimes.close()).toEqual(['second: stuck']);
    expect(await lifetimes.close()).toEqual(['second: stuck']);
    expect(closed).toEqual(['third', 'first']);
  });

  it('does not wait for ever', async () => {
    const lifetimes = new Lifetimes();
    lifetimes.add('mute', () => new Promise(() => {}));
    expect(await lifetimes.close(1)).toEqual(['mute: not closed after 1 ms']);
  });

  it('closes at once what is opened too late', async () => {
    const lifetimes = new Lifetimes();
    await lifetimes.close();
    const closed = new Promise<void>((resolve) => lifetimes.add('late', resolve));
    await closed;
  });
});
