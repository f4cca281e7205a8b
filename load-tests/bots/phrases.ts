import { type Random, seeded } from '../kit/random.ts';

/** What people say in a selling room, in the lengths and scripts they say it. */
const PHRASES: readonly [string, ...string[]] = [
  'is it cotton?',
  'what size for 170 cm, 62 kg? I usually take an M but this looks wide',
  '上链接上链接',
  '有没有别的颜色啊，想要那个浅蓝的，上次没抢到',
  '多少钱',
  'just ordered two ❤️ one for my sister',
  'can you show the back again please, and the seam near the collar',
  '666666',
  'does it shrink when washed warm?',
  'ship to Osaka?',
  'the green one is beautiful, is it as bright in daylight as it looks on camera?',
  'ha ha 😂😂',
];

/** A seeded source of chat lines of 2 to about 80 characters. */
export function phraseSource(seed: number): () => string {
  const random: Random = seeded(seed);
  return () => random.pick(PHRASES);
}
