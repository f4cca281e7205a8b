import type { FlashSale } from '../../../shared/plays/flash-sale/contract.ts';
import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import type { GrabState } from './grab-state.ts';
import { ProofButton, StockBar } from './stock-bar.tsx';
import './standing.css';

type Props = { sale: FlashSale; grab: GrabState; onProof: () => void };

/** Beside the button: what you hold and for how long, where you stand in line, or how many are left. */
export function Standing({ sale, grab, onProof }: Props) {
  switch (grab.state) {
    case 'held':
    case 'offered':
      return (
        <p class={`standing is-${grab.state}`}>
          <Icon name={grab.state === 'held' ? 'check' : 'bell'} size={18} />
          <strong class="num" role="timer" data-testid="hold-countdown">
            {grab.state === 'held' ? text.sale.held(grab.leftMs) : text.sale.offered(grab.leftMs)}
          </strong>
        </p>
      );
    case 'waiting':
      return (
        <p class="standing is-waiting">
          <Icon name="person" size={18} />
          <strong class="num" data-testid="line-position" data-position={grab.position}>
            {text.sale.inLine(grab.position)}
          </strong>
        </p>
      );
    case 'sold-out':
      return (
        <p class="standing">
          <ProofButton words={text.sale.soldOut} onProof={onProof} />
        </p>
      );
    case 'paid':
      return (
        <p class="standing is-held">
          <strong>{text.sale.paidNote}</strong>
        </p>
      );
    case 'ended':
      return <ProofButton words={text.orders.proofSold(sale.sold, sale.total)} onProof={onProof} />;
    default:
      return <StockBar sale={sale} onProof={onProof} />;
  }
}
