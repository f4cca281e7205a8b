import { many } from './plural.ts';

/** Hearts, in English. Part of the words that every room has. */
export const enHearts = {
  giveOne: 'Give a heart',
  give: (total: number) =>
    total === 0 ? 'Give a heart' : `Give a heart, ${total.toLocaleString('en')} so far`,
  count: (total: number) => many(total, 'heart', 'hearts'),
} as const;
