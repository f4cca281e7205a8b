import { useState } from 'preact/hooks';
import {
  answered,
  lacking,
  noDraft,
  type ReportDraft,
  type ReportState,
  refusedFor,
} from '../../plays/moderation/report-state.ts';
import { text } from '../../text/i18n.ts';
import { menuText } from '../../text/room-menu.ts';
import { Icon } from '../../ui/icon.tsx';
import { lazy } from '../../ui/lazy.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { NameForm } from '../shared/sign-in-form.tsx';
import { isEmbedded } from './embedded.ts';
import type { RoomView } from './room-view.ts';

const ReportForm = lazy(async () => (await import('../../plays/moderation/report-form.tsx')).ReportForm);

type Product = { productId: string; title: string; imageUrl: string | null };
const ASKED: ReportState = { step: 'asked' };

/**
 * The way to report the seller, or a product, to whoever runs this server. Its sheet lies on the one that it is in, so
 * that closing it leads back there; what was typed is still there when it is opened again.
 */
export function ReportSeller({ view, product = null }: { view: RoomView; product?: Product | null }) {
  const { model } = view;
  const [isOpen, setOpen] = useState(false);
  const [draft, setDraft] = useState<ReportDraft>(noDraft);
  const [state, setState] = useState<ReportState>(ASKED);
  /** The product that they began with: it may leave the shelf while they write. */
  const [about, setAbout] = useState<Product | null>(product);
  const room = model.room.state.value?.room;
  // Who sells here would report themselves.
  if (room === undefined || model.role.value === 'host') return null;

  async function send(): Promise<void> {
    const lacks = lacking(draft);
    if (lacks !== null || draft.reason === null) {
      setState(refusedFor(lacks ?? 'reason'));
      return;
    }
    setState({ step: 'sending' });
    const input = { productId: about?.productId ?? null, reason: draft.reason, text: draft.text.trim() };
    const next = answered(await model.client.call('moderation:report-seller', input));
    setState(next);
    if (next.step === 'sent') setDraft(noDraft);
  }

  const words = product === null ? menuText.reportSeller : menuText.reportProduct;
  return (
    <>
      <button
        type="button"
        class={product === null ? 'btn btn-line' : 'report-product'}
        data-testid={product === null ? 'report-seller' : 'report-product'}
        onClick={() => {
          if (state.step !== 'sending') {
            setState(ASKED);
            setAbout(product);
          }
          setOpen(true);
        }}
      >
        <Icon name="flag" size={18} /> {words}
      </button>
      {isOpen ? (
        <Sheet title={about === null ? menuText.reportSeller : words} onClose={() => setOpen(false)}>
          {model.role.value === 'guest' ? (
            <ForGuests view={view} />
          ) : (
            <ReportForm
              about={{ name: room.hostName, product: about }}
              draft={draft}
              state={state}
              isOnline={model.isOnline.value}
              onDraft={(next) => {
                if (state.step === 'sending') return;
                setDraft(next);
                setState(ASKED);
              }}
              onSend={() => void send()}
              onSellerInstead={() => {
                setAbout(null);
                setState(ASKED);
              }}
              onClose={() => setOpen(false)}
            />
          )}
        </Sheet>
      ) : null}
    </>
  );
}

/** A report is somebody's: guests sign in first, in a frame by way of the shop's page. */
function ForGuests({ view: { model, sheet } }: { view: RoomView }) {
  return (
    <div class="report-guest" data-testid="report-guest">
      <p>{menuText.reportSignIn}</p>
      {isEmbedded ? (
        <button
          type="button"
          class="btn btn-strong btn-wide"
          onClick={() => {
            sheet.value = 'sign-in';
          }}
        >
          {text.signIn.title}
        </button>
      ) : (
        <NameForm signIn={model.signIn} onDone={() => model.client.reconnect()} />
      )}
    </div>
  );
}
