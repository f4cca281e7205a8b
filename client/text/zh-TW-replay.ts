import type { ReplayMessages } from './messages.ts';

export const zhTWReplay: ReplayMessages = {
  tag: '重播',
  label: (title) => `重播：${title}`,
  chatIsNow: '這是過去的直播，聊天是現在的。',
  loading: '正在載入重播…',
  missing: '重播載入失敗：可能已經移走，或者對方伺服器不允許這個頁面播放。',
  offline: '重播載入中斷，請檢查網路。',
  unsupported: '這個瀏覽器無法播放這段重播，請換一個瀏覽器。',
};
