import type { ReportMessages } from './messages.ts';

/** 举报商家和商品 */
export const zhCNReport: ReportMessages = {
  to: '举报会交给本站运营者处理，主播和房管不会收到通知。',
  ask: '有什么问题？',
  reasons: {
    misleading: '虚假宣传',
    counterfeit: '售卖假货',
    prohibited: '售卖违禁品',
    scam: '收钱不发货',
    offensive: '辱骂或仇恨言论',
    other: '其他',
  },
  productReasons: {
    misleading: '与描述不符',
    counterfeit: '假货',
    prohibited: '违禁品',
    scam: '诈骗',
    offensive: '内容令人不适',
    other: '其他',
  },
  words: '补充说明（选填）',
  wordsNeeded: '补充说明',
  hint: '看到了什么、什么时候。请勿填写银行卡号。',
  chooseOne: '请选择最符合的一项。',
  sayWhat: '请简单说明是什么问题。',
  send: '提交举报',
  sending: '正在提交…',
  waiting: '网络已断开，恢复后会自动提交。',
  sellerInstead: '改为举报商家',
  thanks: '谢谢你',
  sent: '本站运营者会处理，直播间里没有人会收到通知。',
  sentAgain: '你之前已举报过，内容已更新为刚才写的。',
  done: '返回',
};
