import { describe, expect, it } from 'vitest';
import { parseLoadArgs, UsageError, usage } from './args.ts';

const SCENARIOS = ['chat-flood', 'flash-sale-stampede'];
const parse = (line: string) => parseLoadArgs(line.split(' ').filter(Boolean), SCENARIOS);
const problem = (line: string): string => {
  try {
    parse(line);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
  }
  throw new Error(`"${line}" was not refused`);
};

describe('parseLoadArgs', () => {
  it('takes a scenario alone', () => {
    expect(parse('chat-flood')).toEqual({
      ...{ scenario: 'chat-flood', quick: false, json: false, iOwnThis: false, numbers: {}, flags: [] },
    });
  });

  it('takes every flag in any order, values joined or not', () => {
    const line = '--viewers 300 --json chat-flood --rate=20 --seconds 5 --seed=0 --quick --pairs 3 --peers';
    expect(parse(`${line} --grabs 9 --html a=b.html --target=http://127.0.0.1:1 --i-own-this`)).toEqual({
      ...{ scenario: 'chat-flood', quick: true, json: true, iOwnThis: true, flags: ['peers'] },
      ...{ html: 'a=b.html', target: 'http://127.0.0.1:1' },
      numbers: { viewers: 300, rate: 20, seconds: 5, seed: 0, pairs: 3, grabs: 9 },
    });
  });

  it.each([
    ['', /Which scenario\? Scenarios: chat-flood, flash-sale-stampede\./],
    ['chat-flod', /no scenario "chat-flod".*chat-flood/],
    ['toString', /no scenario "toString"/],
    ['chat-flood --fast', /no flag --fast.*--quick --json .*--viewers/],
    ['chat-flood --toString', /no flag --toString/],
    ['chat-flood flash-sale-stampede', /One scenario a run/],
    ['chat-flood --viewers', /--viewers needs a whole number from 2 to 2000000, got nothing/],
    ['chat-flood --viewers many', /got "many"/],
    ['chat-flood --viewers -5', /got "-5"/],
    ['chat-flood --viewers 1e3', /got "1e3"/],
    ['chat-flood --rate=0', /got "0"/],
    ['chat-flood --rate=', /got ""/],
    ['chat-flood --seconds 601', /from 1 to 600/],
    ['chat-flood --quick=yes', /--quick takes no value/],
    ['chat-flood --i-own-this=yes', /--i-own-this takes no value/],
    ['chat-flood --pairs 0', /from 1 to 50/],
    ['chat-flood --html', /--html needs the name of a file/],
    ['chat-flood --html --json', /--html needs the name of a file/],
    ['chat-flood --target=', /--target needs an address/],
  ])('[LK2] refuses "%s" and says why', (line, message) => {
    expect(problem(line)).toMatch(message);
  });

  it('lists scenarios and flags in the help', () => {
    const text = usage([
      { name: 'chat-flood', summary: 'much chat' },
      { name: 'join-storm', summary: 'many come', targets: true },
    ]);
    expect(text).toMatch(/chat-flood +much chat/);
    expect(text).toMatch(/join-storm \* +many come/);
    expect(text).toMatch(/--viewers n +\S/);
    expect(text).toMatch(/--target URL +\S/);
  });
});
