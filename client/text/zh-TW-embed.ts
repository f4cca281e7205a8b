import type { EmbedMessages } from './messages.ts';

export const zhTWEmbed: EmbedMessages = {
  title: '直播間',
  loading: '請稍候…',
  failed: '直播間暫時打不開。',
  failedHint: '會自動重試。',
  tryAgain: '再試一次',
  why: (server, page) =>
    `給網站開發者：${server} 沒有回應。可能伺服器不在線上，也可能 ${page} 未獲准嵌入直播間：請在該伺服器的 LIVESTALL_ALLOWED_ORIGINS 中加入 ${page}，並在本頁面政策的 frame-src 中加入 ${server}。`,
  noSource: '給網站開發者：<livestall-room> 需要 src（伺服器網址）和 room（直播間代號）。',
};
