import type { EmbedMessages } from './messages.ts';

export const zhCNEmbed: EmbedMessages = {
  title: '直播间',
  loading: '请稍候…',
  failed: '直播间暂时打不开。',
  failedHint: '会自动重试。',
  tryAgain: '重试',
  why: (server, page) =>
    `给网站开发者：${server} 没有回应。可能服务器不在线，也可能 ${page} 未获准嵌入直播间：请在该服务器的 LIVESTALL_ALLOWED_ORIGINS 中加入 ${page}，并在本页面策略的 frame-src 中加入 ${server}。`,
  noSource: '给网站开发者：<livestall-room> 需要 src（服务器地址）和 room（直播间编号）。',
};
