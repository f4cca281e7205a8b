import { useState } from 'preact/hooks';
import type { ChatMessage } from '../../../shared/community/chat-message.ts';
import type { Ack } from '../../../shared/kernel/ack.ts';
import { errorText, text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import './message-menu.css';

type Props = {
  message: ChatMessage;
  /** One's own can't be reported. */
  isOwn: boolean;
  onReply: () => void;
  onMention: () => void;
  onReport: (reason: string) => Promise<Ack<unknown>>;
};

type Reason = keyof typeof text.conduct.reasons;

/** What can be done with a message: answer it, name its author, report it. */
export function MessageMenu({ message, isOwn, onReply, onMention, onReport }: Props) {
  const [step, setStep] = useState<'menu' | 'why' | 'sending' | 'reported'>('menu');
  const [problem, setProblem] = useState('');
  async function report(reason: string): Promise<void> {
    setStep('sending');
    const ack = await onReport(reason);
    setProblem(ack.ok ? '' : errorText(ack.error));
    setStep(ack.ok ? 'reported' : 'why');
  }
  return (
    <div class="message-menu" data-testid="message-menu" data-state={step}>
      <blockquote>
        <bdi>{message.text}</bdi>
      </blockquote>
      {step === 'menu' ? (
        <>
          <button type="button" class="btn" data-testid="menu-reply" onClick={onReply}>
            <Icon name="reply" size={18} /> {text.conduct.reply}
          </button>
          <button type="button" class="btn" data-testid="menu-mention" onClick={onMention}>
            <Icon name="at" size={18} /> {text.conduct.mention}
          </button>
          {isOwn ? null : (
            <button
              type="button"
              class="btn btn-line"
              data-testid="menu-report"
              onClick={() => setStep('why')}
            >
              <Icon name="flag" size={18} /> {text.conduct.report}
            </button>
          )}
        </>
      ) : null}
      {step === 'why' || step === 'sending' ? (
        <>
          <h3>{text.conduct.reportTitle}</h3>
          {(Object.keys(text.conduct.reasons) as Reason[]).map((reason) => (
            <button
              key={reason}
              type="button"
              class="btn"
              data-testid={`report-${reason}`}
              disabled={step === 'sending'}
              onClick={() => report(text.conduct.reasons[reason])}
            >
              {text.conduct.reasons[reason]}
            </button>
          ))}
        </>
      ) : null}
      <p class="message-menu-note" role="status">
        {step === 'reported' ? text.conduct.reported : problem}
      </p>
    </div>
  );
}
