import type { Draw } from '../../../shared/plays/lottery/draw.ts';
import { countdown } from '../../text/format.ts';
import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import type { EntryState } from './entry-state.ts';
import './draw-chip.css';

type Props = { draw: Draw; entry: EntryState; onOpen: () => void };

/** A draw as a small button over the video: how long, and where you stand. */
export function DrawChip({ draw, entry, onOpen }: Props) {
  const words = chipWords(entry);
  const leftMs =
    'leftMs' in entry && entry.state !== 'won' && entry.state !== 'claimed' ? entry.leftMs : null;
  const isWon = entry.state === 'won';
  return (
    <button
      type="button"
      class={`chip draw-chip is-${entry.state} ${isWon ? 'is-loud' : ''}`}
      data-testid="draw-chip"
      data-state={entry.state}
      onClick={onOpen}
    >
      <span class="visually-hidden">{text.draw.open(draw.title)}</span>
      <Icon name={entry.state === 'in' ? 'check' : 'gift'} size={18} />
      {leftMs === null ? null : <span class="num">{countdown(leftMs)}</span>}
      <span>{words}</span>
    </button>
  );
}

function chipWords(entry: EntryState): string {
  const { chip } = text.draw;
  switch (entry.state) {
    case 'before':
      return chip.before;
    case 'enter':
    case 'sign-in':
    case 'working':
      return chip.enter;
    case 'in':
      return chip.in;
    case 'freezing':
    case 'waiting':
    case 'looking':
      return chip.drawing;
    case 'won':
      return chip.won;
    case 'void':
      return chip.void;
    case 'cancelled':
      return chip.cancelled;
    case 'seller':
    case 'won-recently':
    case 'offline':
      return text.draw.title;
    default:
      return chip.result;
  }
}
