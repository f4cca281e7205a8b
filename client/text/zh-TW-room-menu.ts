import type { RoomMenuMessages } from './messages.ts';

const number = (count: number) => count.toLocaleString('zh-TW');

/** 直播間選單 */
export const zhTWRoomMenu: RoomMenuMessages = {
  followers: (count) => `${number(count)} 人關注`,
  history: '聊天記錄',
  historyHint: '最近的訊息。點一則可以回覆或檢舉。',
  orders: '我的訂單',
  draws: '抽獎',
  video: '聲音和畫質',
  hideChat: '隱藏聊天',
  showChat: '顯示聊天',
  readAll: '朗讀每一則訊息',
  readAllHint: '供螢幕報讀軟體使用。關閉時只讀與你有關的和主播說的。',
  language: '語言',
  colours: '淺色外觀',
  report: '檢舉',
  reportMessage: '訊息或聊天裡的人：點那則訊息，再點「檢舉」。',
  reportSeller: '賣家或商品：聯絡賣家，或聯絡本站的營運者。',
  reportOpen: '選擇訊息',
  noText: '賣家還沒有寫商品介紹。',
};
