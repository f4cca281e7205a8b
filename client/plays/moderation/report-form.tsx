import { useEffect, useRef } from 'preact/hooks';
import { reportText } from '../../text/report.ts';
import { Field } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ProductImage } from '../../ui/product-image.tsx';
import { REPORT_TEXT_MAX, type ReportDraft, type ReportState } from './report-state.ts';
import './report-form.css';

type Reason = keyof typeof reportText.reasons;

type Props = {
  about: { name: string; product: { title: string; imageUrl: string | null } | null };
  draft: ReportDraft;
  state: ReportState;
  isOnline: boolean;
  onDraft: (draft: ReportDraft) => void;
  onSend: () => void;
  /** Where the product has gone meanwhile. */
  onSellerInstead: () => void;
  onClose: () => void;
};

/** What is wrong with the seller or a product, for whoever runs the server. What is typed stays until it has arrived. */
export function ReportForm(props: Props) {
  const { state } = props;
  if (state.step === 'sent') return <Sent again={state.again} onClose={props.onClose} />;
  return <Asked {...props} state={state} />;
}

function Asked({
  about,
  draft,
  state,
  isOnline,
  onDraft,
  onSend,
  onSellerInstead,
}: Props & { state: Exclude<ReportState, { step: 'sent' }> }) {
  const form = useRef<HTMLFormElement>(null);
  const isSending = state.step === 'sending';
  const lacks = state.step === 'refused' ? state.lacks : null;
  // Whoever was told what is missing is there at once.
  useEffect(() => {
    if (lacks !== null) form.current?.querySelector<HTMLElement>(`[name="report-${lacks}"]`)?.focus();
  }, [state]);
  const { product } = about;
  return (
    <form
      ref={form}
      class="report-form"
      data-testid="report-form"
      data-state={state.step}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isSending) onSend();
      }}
    >
      <div class="report-about">
        {product === null ? null : <ProductImage url={product.imageUrl} title={product.title} />}
        <p>
          {product === null ? null : (
            <strong>
              <bdi>{product.title}</bdi>
            </strong>
          )}
          <bdi class={product === null ? 'report-seller' : ''}>{about.name}</bdi>
        </p>
      </div>
      <p class="report-to">{reportText.to}</p>
      <fieldset
        class="report-reasons"
        disabled={isSending}
        aria-describedby={lacks === 'reason' ? 'report-lacks' : undefined}
      >
        <legend>{reportText.ask}</legend>
        {(Object.keys(reportText.reasons) as Reason[]).map((reason) => (
          <label key={reason} class="report-reason">
            <input
              type="radio"
              name="report-reason"
              value={reason}
              data-testid={`report-reason-${reason}`}
              checked={draft.reason === reason}
              onChange={() => onDraft({ ...draft, reason })}
            />
            <span>{product === null ? reportText.reasons[reason] : reportText.productReasons[reason]}</span>
          </label>
        ))}
        {lacks === 'reason' ? (
          <p id="report-lacks" class="report-problem" role="alert">
            {reportText.chooseOne}
          </p>
        ) : null}
      </fieldset>
      <Field
        label={draft.reason === 'other' ? reportText.wordsNeeded : reportText.words}
        hint={reportText.hint}
        problem={lacks === 'text' ? reportText.sayWhat : null}
      >
        {(ids) => (
          <textarea
            {...ids}
            name="report-text"
            data-testid="report-text"
            rows={3}
            dir="auto"
            maxLength={REPORT_TEXT_MAX}
            readOnly={isSending}
            value={draft.text}
            onInput={({ currentTarget }) => onDraft({ ...draft, text: currentTarget.value })}
          />
        )}
      </Field>
      <p class="report-problem" role="alert" data-testid="report-problem">
        {state.step === 'refused' && lacks === null ? state.problem : ''}
      </p>
      {state.step === 'refused' && state.isGone ? (
        <button
          type="button"
          class="btn btn-line btn-wide"
          data-testid="report-seller-instead"
          onClick={onSellerInstead}
        >
          {reportText.sellerInstead}
        </button>
      ) : null}
      <button
        type="submit"
        class="btn btn-strong btn-wide"
        data-testid="report-send"
        aria-disabled={isSending}
      >
        {isSending ? reportText.sending : reportText.send}
      </button>
      <p class="report-note" role="status">
        {isSending && !isOnline ? reportText.waiting : ''}
      </p>
    </form>
  );
}

function Sent({ again, onClose }: { again: boolean; onClose: () => void }) {
  const words = useRef<HTMLHeadingElement>(null);
  // The button that was pressed is gone; the focus goes to what took its place.
  useEffect(() => words.current?.focus(), []);
  return (
    <div class="report-form" data-testid="report-form" data-state="sent">
      <div class="report-sent">
        <Icon name="check" size={28} />
        <h3 ref={words} tabIndex={-1} aria-describedby="report-sent">
          {reportText.thanks}
        </h3>
        <p id="report-sent">{again ? reportText.sentAgain : reportText.sent}</p>
      </div>
      <button type="button" class="btn btn-line btn-wide" data-testid="report-done" onClick={onClose}>
        {reportText.done}
      </button>
    </div>
  );
}
