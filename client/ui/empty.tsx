import { Icon, type IconName } from './icon.tsx';
import './empty.css';

/** An empty state: drawn, and saying what will make it full. */
export function Empty({ icon, title, hint }: { icon: IconName; title: string; hint: string }) {
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={icon} size={26} />
      </span>
      <strong>{title}</strong>
      <p>{hint}</p>
    </div>
  );
}
