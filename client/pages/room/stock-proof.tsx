import { useEffect, useState } from 'preact/hooks';
import { ArchivedError, countStock, proveStock, type StockProof } from '../../model/stock-proof.ts';
import { format, text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import type { RoomView } from './room-view.ts';
import './stock-proof.css';

type Waiting = 'counting' | 'failed' | 'archived';

/** Counts a sale's stock from the public ledger, here in the page, and holds it against what the page shows. */
export function StockProofView({ view, saleId }: { view: RoomView; saleId: string }) {
  const [proof, setProof] = useState<StockProof | Waiting>('counting');
  const { model } = view;

  async function run(): Promise<void> {
    setProof('counting');
    const shownNow = () => model.sales.state.value.sales.find((sale) => sale.saleId === saleId) ?? null;
    try {
      setProof(await proveStock(() => countStock(model.client.roomId, saleId), shownNow));
    } catch (error) {
      setProof(error instanceof ArchivedError ? 'archived' : 'failed');
    }
  }
  useEffect(() => void run(), [saleId]);

  return (
    <div class="proof">
      <p class="proof-hint">{text.orders.proofHint}</p>
      <div aria-live="polite" data-testid="proof" data-state={stateOf(proof)}>
        {proof === 'counting' ? <p>{text.orders.proofCounting}</p> : null}
        {proof === 'archived' ? <p>{text.orders.proofArchived}</p> : null}
        {proof === 'failed' ? <p>{text.orders.proofFailed}</p> : null}
        {typeof proof === 'object' ? <Figures proof={proof} /> : null}
      </div>
      <button
        type="button"
        class="btn btn-line"
        data-testid="proof-again"
        disabled={proof === 'counting'}
        onClick={run}
      >
        {text.orders.proofCheck}
      </button>
    </div>
  );
}

function stateOf(proof: StockProof | Waiting): string {
  if (typeof proof === 'string') return proof;
  return proof.agrees ? 'agrees' : 'differs';
}

function Figures({ proof }: { proof: StockProof }) {
  const { shown, agrees } = proof;
  const { stock, facts } = proof.recount;
  const rows = [
    [text.orders.proofUnits.sold, stock.sold, shown?.sold],
    [text.orders.proofUnits.held, stock.held, shown?.held],
    [text.orders.proofUnits.available, stock.available, shown?.available],
    [text.orders.proofUnits.total, stock.total, shown?.total],
  ] as const;
  return (
    <>
      <p class="proof-sold num" data-testid="proof-sold">
        {text.orders.proofSold(stock.sold, stock.total)}
      </p>
      <table class="proof-table num">
        <thead>
          <tr>
            <td />
            <th scope="col">{text.orders.proofCounted}</th>
            {shown === null ? null : <th scope="col">{text.orders.proofShown}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, counted, told]) => (
            <tr key={label} class={told === undefined || told === counted ? '' : 'is-off'}>
              <th scope="row">{label}</th>
              <td>{format.number(counted)}</td>
              {told === undefined ? null : <td>{format.number(told)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      <p class={`proof-result ${agrees ? 'is-good' : 'is-bad'}`}>
        <Icon name={agrees ? 'check' : 'info'} size={18} />
        {agrees ? text.orders.proofAgrees : text.orders.proofDiffers}
      </p>
      <p class="proof-hint">{text.orders.proofFacts(facts)}</p>
    </>
  );
}
