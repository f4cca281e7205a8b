import { chatContract } from './plays/chat/contract.ts';
import { fanBadgesContract } from './plays/fan-badges/contract.ts';
import { flashSaleContract } from './plays/flash-sale/contract.ts';
import { heartsContract } from './plays/hearts/contract.ts';
import { lotteryContract } from './plays/lottery/contract.ts';
import { mediaContract } from './plays/media/contract.ts';
import { moderationContract } from './plays/moderation/contract.ts';
import { orderContract } from './plays/order/contract.ts';
import { roomContract } from './plays/room/contract.ts';
import { shelfContract } from './plays/shelf/contract.ts';
import { showContract } from './plays/show/contract.ts';

/** Every play, one line each. The order is that of snapshots and documents. */
export const plays = {
  room: roomContract,
  shelf: shelfContract,
  chat: chatContract,
  'flash-sale': flashSaleContract,
  order: orderContract,
  lottery: lotteryContract,
  'fan-badges': fanBadgesContract,
  moderation: moderationContract,
  media: mediaContract,
  show: showContract,
  hearts: heartsContract,
} as const;

export type PlayName = keyof typeof plays;
