import { loadTable } from './language.ts';
import type { CheckoutMessages } from './messages.ts';

/** Words of the demo's checkout, which no other page loads. */
export const checkoutText = await loadTable<CheckoutMessages>({
  en: async () => (await import('./en-checkout.ts')).enCheckout,
  'zh-CN': async () => (await import('./zh-CN-checkout.ts')).zhCNCheckout,
  'zh-TW': async () => (await import('./zh-TW-checkout.ts')).zhTWCheckout,
});
