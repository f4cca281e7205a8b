import type { Messages } from './messages.ts';

const number = (count: number) => count.toLocaleString('zh-TW');

/** 愛心 */
export const zhTWHearts: Messages['hearts'] = {
  giveOne: '送愛心',
  give: (total) => (total === 0 ? '送愛心' : `送愛心，本場已有 ${number(total)} 顆愛心`),
  count: (total) => `${number(total)} 顆愛心`,
};
