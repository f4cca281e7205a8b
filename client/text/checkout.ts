import { enCheckout } from './en-checkout.ts';
import { language } from './i18n.ts';
import type { CheckoutMessages, Language } from './messages.ts';
import { zhCNCheckout } from './zh-CN-checkout.ts';

const tables: Readonly<Record<Language, CheckoutMessages>> = { en: enCheckout, 'zh-CN': zhCNCheckout };

/** Words of the demo's checkout, which no other page loads. */
export const checkoutText: CheckoutMessages = tables[language];
