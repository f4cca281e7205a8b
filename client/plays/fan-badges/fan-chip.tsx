import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import type { FanState } from './reducer.ts';
import './fan-chip.css';

/** The fan club as a small button: your level, or the way in. */
export function FanChip({ fans, onOpen }: { fans: FanState; onOpen: () => void }) {
  const { rules, you } = fans;
  if (rules === null) return null;
  const { fan } = you;
  const words = fan === null ? text.fans.joinChip : `${text.fans.level(fan.level)} · ${rules.badge}`;
  return (
    <button
      type="button"
      class={`chip fan-chip ${fan === null ? '' : 'is-fan'} ${fan?.lit === false ? 'is-dim' : ''}`}
      data-testid="fan-chip"
      data-state={fan === null ? 'none' : `level-${fan.level}`}
      aria-label={text.fans.open(words)}
      onClick={onOpen}
    >
      <Icon name="medal" size={18} />
      <span class="num">
        <bdi>{words}</bdi>
      </span>
    </button>
  );
}
