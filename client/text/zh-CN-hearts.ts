import type { Messages } from './messages.ts';

const number = (count: number) => count.toLocaleString('zh-CN');

/** 点赞 */
export const zhCNHearts: Messages['hearts'] = {
  giveOne: '点赞',
  give: (total) => (total === 0 ? '点赞' : `点赞，本场已有 ${number(total)} 个赞`),
  count: (total) => `${number(total)} 个赞`,
};
