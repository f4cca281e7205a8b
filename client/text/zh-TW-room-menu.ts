import type { RoomMenuMessages } from './messages.ts';

const number = (count: number) => count.toLocaleString('zh-TW');

/** 直播間選單 */
export const zhTWRoomMenu: RoomMenuMessages = {
  followers: (count) => `${number(count)} 人關注`,
  history: '聊天紀錄',
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
  reportOpen: '選擇訊息',
  reportSellerHint: '賣家或這裡賣的商品：由本站營運者處理，不經過主播。',
  reportSeller: '檢舉賣家',
  reportProduct: '檢舉商品',
  reportWrite: '也可以直接聯絡賣家：',
  reportSignIn: '請先登入。只有本站營運者能看到是誰檢舉的。',
  productGone: '賣家已將這件商品下架。',
  noText: '賣家還沒有寫商品介紹。',
};
