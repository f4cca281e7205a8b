import { format, text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import './heart-button.css';

/** How many hearts a show has. */
export function HeartFigure({ total, iconSize }: { total: number; iconSize: number }) {
  const words = text.hearts.count(total);
  return (
    <span class="heart-figure" title={words}>
      <Icon name="heart" size={iconSize} />
      <span class="num" data-testid="heart-count" aria-hidden="true">
        {format.compact(total)}
      </span>
      <span class="visually-hidden">{words}</span>
    </span>
  );
}
