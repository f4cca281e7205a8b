import { type MatcherWord, WordMatcher } from '../../server/text/word-matcher.ts';
import { cleanText } from '../../shared/kernel/text.ts';
import { collectHeap } from '../kit/memory.ts';
import { Neighbours, neighbourWarnings } from '../kit/neighbours.ts';
import type { Outcome } from '../kit/report.ts';
import { abba, interval, median, significant } from '../kit/stats.ts';
import { sleep } from '../kit/wait.ts';
import type { Parameters, RunContext, Scenario } from './scenario.ts';
import {
  MAX_CODE_UNITS,
  pathologicalTexts,
  plainText,
  typicalMessages,
  wordList,
} from './text-check/texts.ts';

const WORDS = 50_000;
const MESSAGES = 1000;
const TEXT_CHECK_GOAL = 10;
const PATHOLOGICAL_GOAL = 20;
/** No message may take longer (plays.md). */
const CHECK_GOAL_MICROS = 5000;

/** Keeps results in use, so that no work is optimised away. */
let used = 0;

/** What a server does with each message: clean, refuse what became too long, look for words, name them if any. */
function check(matcher: WordMatcher, raw: string): void {
  const text = cleanText(raw);
  if (text.length > MAX_CODE_UNITS) return;
  matchOnly(matcher, text);
}

function matchOnly(matcher: WordMatcher, text: string): void {
  if (matcher.test(text) !== undefined) used += matcher.find(text).length;
  used += 1;
}

/** CPU time of this process that one call takes, in µs. */
function microsOf(work: () => void, forMs: number): number {
  let calls = 0;
  const untilMs = performance.now() + forMs;
  const before = process.cpuUsage();
  do {
    for (let i = 0; i < 5; i += 1) work();
    calls += 5;
  } while (performance.now() < untilMs);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

/** What is in use once all garbage is gone; buffers go a little after what held them. */
async function memoryMb(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    collectHeap();
    await sleep(20);
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}

/** CPU time of this thread so far, in ms: others on the machine do not count. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Builds while a loop notes how much work the event loop waits for at a time. */
async function timedBuild(words: readonly MatcherWord[]) {
  let longestMs = 0;
  let building = true;
  let lastMs = threadMs();
  const look = (): void => {
    const nowMs = threadMs();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    if (building) setImmediate(look);
  };
  setImmediate(look);
  const startedMs = performance.now();
  const matcher = await WordMatcher.build(words);
  building = false;
  return { matcher, times: { buildMs: performance.now() - startedMs, longestMs } };
}

type Leg = 'parse' | 'whole' | 'match';

/** JSON.parse of the messages, the whole check of their texts, and the match alone, in µs a message. */
function typical(matcher: WordMatcher, { quick, seed }: Parameters) {
  const messages = typicalMessages(MESSAGES, seed ?? 1);
  const wire = messages.map((message) => JSON.stringify(message));
  // As a server has them: strings that JSON.parse made.
  const raw = wire.map((text) => (JSON.parse(text) as { text: string }).text);
  const clean = raw.map(cleanText);
  const legs: Record<Leg, () => void> = {
    parse: () => {
      for (const text of wire) used += (JSON.parse(text) as { text: string }).text.length;
    },
    whole: () => {
      for (const text of raw) check(matcher, text);
    },
    match: () => {
      for (const text of clean) matchOnly(matcher, text);
    },
  };
  const forMs = quick ? 40 : 150;
  for (const leg of Object.values(legs)) microsOf(leg, forMs * 2);
  const pairs = (other: 'whole' | 'match') =>
    abba<Leg, Leg>(quick ? 5 : 9, 'parse', other).map((order) => {
      const micros: Record<string, number> = {};
      for (const leg of order) micros[leg] = microsOf(legs[leg], forMs) / MESSAGES;
      return { parse: micros.parse ?? Number.NaN, other: micros[other] ?? Number.NaN };
    });
  const hits = clean.filter((text) => matcher.test(text) !== undefined).length;
  return {
    whole: pairs('whole'),
    match: pairs('match'),
    hitShare: hits / MESSAGES,
    bytes: median(wire.map((text) => Buffer.byteLength(text))),
  };
}

type Nasty = { name: string; micros: number; ratio: number; hits: number };

/** Each pathological text and a plain one of its length, in turn. */
function pathological(matcher: WordMatcher, { quick }: Parameters): Nasty[] {
  return Object.entries(pathologicalTexts).map(([name, text]) => {
    const plain = plainText(text.length);
    const legs = { nasty: () => check(matcher, text), plain: () => check(matcher, plain) };
    const forMs = quick ? 10 : 40;
    microsOf(legs.nasty, forMs);
    microsOf(legs.plain, forMs);
    const measured = abba<'nasty' | 'plain', 'nasty' | 'plain'>(quick ? 3 : 5, 'nasty', 'plain').map(
      (order) => {
        const micros = { nasty: Number.NaN, plain: Number.NaN };
        for (const leg of order) micros[leg] = microsOf(legs[leg], forMs);
        return micros;
      },
    );
    return {
      name,
      micros: median(measured.map(({ nasty }) => nasty)),
      ratio: median(measured.map(({ nasty, plain: of }) => nasty / of)),
      hits: matcher.find(cleanText(text)).length,
    };
  });
}

/** Listed words that are not found in a text of their own. */
function missed(matcher: WordMatcher, words: readonly MatcherWord[]): string[] {
  const lost = words.filter(
    ({ word }) => matcher.test(cleanText(`x, ${word.replaceAll('*', '')}!`)) === undefined,
  );
  return lost.map(({ word }) => `"${word}" is in the list and was not found.`).slice(0, 5);
}

async function run(parameters: Parameters, { progress }: RunContext): Promise<Outcome> {
  const words = wordList(WORDS, parameters.seed ?? 1);
  // Only the times are kept, not the matchers: memory is that of the last one.
  const builds = [(await timedBuild(words)).times, (await timedBuild(words)).times];
  const beforeMb = await memoryMb();
  const { matcher, times } = await timedBuild(words);
  builds.push(times);
  const matcherMb = (await memoryMb()) - beforeMb;
  progress.step(`${matcher.size} words built`);
  const neighbours = new Neighbours([]);
  const messages = typical(matcher, parameters);
  progress.step('typical messages checked');
  const nasty = pathological(matcher, parameters);
  const worst = nasty.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  const othersShare = neighbours.share();

  const whole = interval(messages.whole.map(({ parse, other }) => other / parse));
  const figures = {
    textCheckRatio: whole.median,
    textCheckRatioMin: whole.min,
    textCheckRatioMax: whole.max,
    matchOnlyRatio: median(messages.match.map(({ parse, other }) => other / parse)),
    jsonParseMicros: median(messages.whole.map(({ parse }) => parse)),
    checkMicros: median(messages.whole.map(({ other }) => other)),
    matchOnlyMicros: median(messages.match.map(({ other }) => other)),
    jsonBytes: messages.bytes,
    typicalHitShare: messages.hitShare,
    pathologicalRatio: worst.ratio,
    longestCheckMicros: Math.max(...nasty.map(({ micros }) => micros)),
    buildMs: median(builds.map(({ buildMs }) => buildMs)),
    longestBuildSliceMs: median(builds.map(({ longestMs }) => longestMs)),
    matcherMb,
    words: matcher.size,
    othersShare,
  };
  return {
    figures: Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, significant(value)])),
    violations: missed(matcher, words),
    warnings: [...neighbourWarnings(othersShare), ...(used > 0 ? [] : ['Nothing was checked.'])],
    goals: [
      { figure: 'textCheckRatio', direction: 'at most', value: TEXT_CHECK_GOAL },
      { figure: 'pathologicalRatio', direction: 'at most', value: PATHOLOGICAL_GOAL },
      { figure: 'longestCheckMicros', direction: 'at most', value: CHECK_GOAL_MICROS },
    ],
    tables: {
      pathological: nasty.map(({ name, micros, ratio, hits }) => ({
        text: name,
        'ratio to plain': significant(ratio, 3),
        µs: significant(micros, 3),
        hits,
      })),
    },
  };
}

/**
 * The check that a message gets, cleaning included, against JSON.parse of what it came in: the input of
 * `chat:say` ({ opId, text, mentions, replyToMessageId }), CPU time in one process, ABBA.
 */
export const textCheck: Scenario = {
  name: 'text-check',
  summary: 'screening of chat texts with 50,000 words, against JSON.parse of the same messages, ABBA',
  defaults: { seed: { full: 1, quick: 1 } },
  maxSeconds: () => 120,
  socketsInOneProcess: () => 0,
  run,
};
