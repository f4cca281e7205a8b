import { staffText } from '../../text/staff.ts';
import { studioText } from '../../text/studio.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';
import './studio-tabs.css';

/** On a narrow page one part shows at a time. */
export type StudioTab = 'stage' | 'run' | 'chat' | 'orders' | 'board';

const ICONS: Readonly<Record<StudioTab, IconName>> = {
  stage: 'camera',
  run: 'bolt',
  chat: 'chat',
  orders: 'receipt',
  board: 'chart',
};
const TABS: readonly StudioTab[] = ['stage', 'run', 'chat', 'orders', 'board'];

type Props = {
  tab: StudioTab;
  onTab: (tab: StudioTab) => void;
  /** What waits there. */
  counts: Readonly<Partial<Record<StudioTab, number>>>;
};

/** Within a thumb's reach. */
export function Tabs({ tab, onTab, counts }: Props) {
  return (
    <nav class="studio-tabs" aria-label={staffText.studio.title}>
      {TABS.map((each) => {
        const count = counts[each] ?? 0;
        return (
          <button
            key={each}
            type="button"
            aria-current={tab === each ? 'page' : undefined}
            data-testid={`tab-${each}`}
            onClick={() => onTab(each)}
          >
            <Icon name={ICONS[each]} size={22} />
            <span>{studioText.tabs[each]}</span>
            {count > 0 ? <span class="studio-tabs-count num">{count > 99 ? '99+' : count}</span> : null}
          </button>
        );
      })}
    </nav>
  );
}
