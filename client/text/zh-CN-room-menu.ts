import type { RoomMenuMessages } from './messages.ts';

const number = (count: number) => count.toLocaleString('zh-CN');

/** 直播间菜单 */
export const zhCNRoomMenu: RoomMenuMessages = {
  followers: (count) => `${number(count)} 人关注`,
  history: '聊天记录',
  historyHint: '最近的消息。点一条可以回复或举报。',
  orders: '我的订单',
  draws: '抽奖',
  video: '声音和画质',
  hideChat: '隐藏聊天',
  showChat: '显示聊天',
  readAll: '朗读每一条消息',
  readAllHint: '供读屏软件使用。关闭时只读与你有关的和主播说的。',
  language: '语言',
  colours: '浅色外观',
  report: '举报',
  reportMessage: '消息或聊天里的人：点那条消息，再点“举报”。',
  reportOpen: '选择消息',
  reportSellerHint: '商家或这里卖的商品：由本站运营者处理，不经过主播。',
  reportSeller: '举报商家',
  reportProduct: '举报商品',
  reportWrite: '也可以直接联系商家：',
  reportSignIn: '请先登录。只有本站运营者能看到是谁举报的。',
  productGone: '商家已下架这件商品。',
  noText: '商家还没有写商品介绍。',
};
