import type { ReplayMessages } from './messages.ts';

export const zhCNReplay: ReplayMessages = {
  tag: '回放',
  label: (title) => `回放：${title}`,
  chatIsNow: '这是往期直播，聊天是现在的。',
  loading: '正在加载回放…',
  missing: '回放加载失败：可能已经移走，或者对方服务器不允许本页播放。',
  offline: '回放加载中断，请检查网络。',
  unsupported: '这个浏览器播放不了这段回放，请换一个浏览器。',
};
