import { countdown } from './format.ts';

/** Words of the demo's checkout, in English. */
export const enCheckout = {
  title: 'Checkout',
  playing: 'A shop of the demo',
  playingWhy:
    'This page plays the shop of the merchant. No money moves. It confirms payments to the room as a real shop would.',
  yourOrder: 'Your order',
  from: (room: string) => `from ${room}`,
  total: 'Total',
  left: (leftMs: number) => `Held for you for ${countdown(leftMs)} more`,
  ranOut: 'The hold has run out.',
  pay: (amount: string) => `Pay ${amount}`,
  try: 'What can go wrong',
  tryHint: 'Play it, and watch the room in the other tab.',
  fail: 'Let the payment fail',
  failHint: 'The bank says no. Nothing is charged.',
  twice: 'Pay twice',
  twiceHint: 'Two payments for one order, as after a double click.',
  again: 'Pay a second time',
  late: 'Pay late',
  lateHint: 'Waits until the hold has run out, then pays.',
  lateWaiting: (leftMs: number) => `Pays in ${countdown(leftMs)}`,
  lateSoon: 'Paying…',
  lateStop: 'Stop waiting',
  working: 'One moment…',
  back: 'Back to the room',
  backHint: 'The room is still open in the other tab.',
  outcomes: {
    PAID: 'Paid. The room knows already.',
    PAID_LATE: 'Paid late. The hold had run out, but one was left, and it was taken for you again.',
    REFUND_REQUIRED:
      'Too late: the hold had run out, and it could not be taken for you again. The shop sends your money back.',
    FAILED: 'The payment failed. Nothing was charged. Try again while the time lasts.',
    PAID_ALREADY:
      'It was paid already. The room took the second payment for what it is, and the shop gives it back.',
    CLOSED: 'The seller has called this order off. Nothing was charged.',
  },
  states: {
    HELD: 'Waits for your payment',
    PAID: 'Paid',
    EXPIRED:
      'The hold ran out. You can still pay: if one is left, it is yours, otherwise the money goes back.',
    RELEASED:
      'You gave it back. You can still pay: if one is left, it is yours, otherwise the money goes back.',
    REFUND_REQUIRED: 'Your refund is on its way',
    REFUNDED: 'Refunded',
    CANCELLED: 'Cancelled',
  },
  invalid: 'This link does not lead to an order.',
  invalidHint: 'Go back to the room and press “Pay now” once more.',
  unreachable: 'The shop could not be reached.',
  unreachableHint: 'Check your connection and try again. Nothing was charged.',
  unknown: 'No answer came. Look again before you pay once more.',
} as const;
