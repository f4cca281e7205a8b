import { signal } from '@preact/signals';
import { render } from 'preact';
import { checkoutText } from '../../text/checkout.ts';
import '../tokens.css';
import '../base.css';
import '../../ui/button.css';
import { CheckoutPage } from './checkout-page.tsx';
import { createShop } from './shop.ts';

const TICK_MS = 250;

const shop = createShop({ ref: new URLSearchParams(location.search).get('ref') ?? '' });
const nowMs = signal(shop.nowMs());
setInterval(() => {
  if (!document.hidden) nowMs.value = shop.nowMs();
}, TICK_MS);
document.addEventListener('visibilitychange', () => {
  // It may have changed in the room meanwhile.
  if (!document.hidden && shop.state.value.doing === null) void shop.look();
});
document.title = `${checkoutText.title} · Livestall`;
const app = document.getElementById('app');
if (app !== null) render(<CheckoutPage shop={shop} nowMs={nowMs} />, app);
await shop.look();
