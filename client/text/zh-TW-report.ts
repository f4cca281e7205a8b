import type { ReportMessages } from './messages.ts';

/** 檢舉賣家和商品 */
export const zhTWReport: ReportMessages = {
  to: '檢舉會交給本站營運者處理，主播和房管不會收到通知。',
  ask: '有什麼問題？',
  reasons: {
    misleading: '不實宣傳',
    counterfeit: '販售仿冒品',
    prohibited: '販售違禁品',
    scam: '收錢不出貨',
    offensive: '辱罵或仇恨言論',
    other: '其他',
  },
  productReasons: {
    misleading: '與描述不符',
    counterfeit: '仿冒品',
    prohibited: '違禁品',
    scam: '詐騙',
    offensive: '內容令人不適',
    other: '其他',
  },
  words: '補充說明（選填）',
  wordsNeeded: '補充說明',
  hint: '看到了什麼、什麼時候。請勿填寫卡號。',
  chooseOne: '請選擇最符合的一項。',
  sayWhat: '請簡單說明是什麼問題。',
  send: '送出檢舉',
  sending: '正在送出…',
  waiting: '網路已斷線，恢復後會自動送出。',
  sellerInstead: '改為檢舉賣家',
  thanks: '謝謝你',
  sent: '本站營運者會處理，直播間裡沒有人會收到通知。',
  sentAgain: '你之前已檢舉過，內容已更新為剛才寫的。',
  done: '返回',
};
