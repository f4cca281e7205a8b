import { useState } from 'preact/hooks';
import { text } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';

const STORED_AS = 'livestall:theme';
const root = document.documentElement;

function stored(): string | null {
  try {
    return localStorage.getItem(STORED_AS);
  } catch {
    return null;
  }
}

/** Puts on the colours chosen earlier, else the page's own or the device's; called before the first paint. */
export function applyTheme(otherwise: 'page' | 'system' = 'page'): void {
  const theme = stored();
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  else if (otherwise === 'system') {
    root.dataset.theme = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
  }
}

export function ThemeSwitch() {
  const [theme, setTheme] = useState(root.dataset.theme);
  const isDark = theme === 'dark';
  function change(): void {
    const next = isDark ? 'light' : 'dark';
    root.dataset.theme = next;
    setTheme(next);
    try {
      localStorage.setItem(STORED_AS, next);
    } catch {
      // A private window forgets the choice; the switch still works.
    }
  }
  return (
    <button
      type="button"
      class="icon-btn"
      aria-label={isDark ? text.common.lightsOn : text.common.lightsOff}
      onClick={change}
    >
      <Icon name={isDark ? 'sun' : 'moon'} />
    </button>
  );
}
