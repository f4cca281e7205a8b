import type { RoomModel } from '../../model/room-model.ts';
import { countdown } from '../../text/format.ts';
import { studioText } from '../../text/studio.ts';
import { Icon } from '../../ui/icon.tsx';
import { type Alarm, alarmsOf, type Hold } from './alarms.ts';
import type { StudioMedia } from './studio-media.ts';
import './alarm-line.css';

/** What needs the host now, from everything that the studio knows. */
export function alarmsNow(model: RoomModel, { broadcast }: StudioMedia, holds: readonly Hold[]): Alarm[] {
  const own = broadcast.ownIds.value;
  return alarmsOf({
    isOnline: model.isOnline.value,
    isLive: (model.room.state.value?.session ?? null) !== null,
    sending: {
      state: broadcast.state.value,
      isPossible: broadcast.lack.value === null,
      isSending: broadcast.isSending.value,
      isHeard: broadcast.microphone.value.track !== null && !broadcast.isMicMuted.value,
      hasOthers: model.media.state.value.publications.some(({ publicationId }) => !own.has(publicationId)),
    },
    sales: model.sales.state.value.sales,
    holds,
    nowMs: model.nowMs.value,
  });
}

export function alarmWords(alarm: Alarm): string {
  const words = studioText.alarms;
  switch (alarm.kind) {
    case 'low':
      return words.low(alarm.sale.title, alarm.sale.available);
    case 'gone':
      return words.gone(alarm.sale.title, alarm.sale.waiting);
    case 'ending':
      return words.ending(alarm.sale.title);
    case 'holds':
      return words.holds(alarm.sale.title, alarm.units);
    default:
      return words[alarm.kind];
  }
}

type Props = { alarms: readonly Alarm[]; onGo: (alarm: Alarm) => void };

/** The gravest of what needs the host, in red; a press goes to where it can be helped. */
export function AlarmLine({ alarms, onGo }: Props) {
  const [first] = alarms;
  return (
    <div
      class="alarms"
      role="status"
      data-testid="alarms"
      data-state={alarms.map(({ kind }) => kind).join(' ')}
    >
      {first === undefined ? null : (
        <button
          type="button"
          class="alarm"
          title={alarms.map(alarmWords).join(' · ')}
          data-testid="alarm"
          data-state={first.kind}
          onClick={() => onGo(first)}
        >
          <Icon name="bell" size={18} />
          <span class="visually-hidden">{studioText.alarms.title}:</span>
          <bdi>{alarmWords(first)}</bdi>
          {alarms.length > 1 ? <span class="num">{studioText.alarms.more(alarms.length - 1)}</span> : null}
        </button>
      )}
    </div>
  );
}

type StripProps = Props & { model: RoomModel; isRunListOpen: boolean; onShowSale: (saleId: string) => void };

/** On a phone, over the tabs: what needs the host, else the sale that runs, one tap away from everywhere. */
export function NowStrip({ model, alarms, isRunListOpen, onGo, onShowSale }: StripProps) {
  const sale = model.sales.state.value.sales.find(({ phase }) => phase === 'open' || phase === 'paused');
  if (alarms.length > 0) {
    return (
      <div class="now-strip">
        <AlarmLine alarms={alarms} onGo={onGo} />
      </div>
    );
  }
  if (sale === undefined || isRunListOpen) return null;
  return (
    <div class="now-strip">
      <button type="button" class="now-sale" data-testid="now-sale" onClick={() => onShowSale(sale.saleId)}>
        <Icon name="bolt" size={18} />
        <bdi>{sale.title}</bdi>
        <span class="num">
          {sale.available} / {sale.total}
        </span>
        <strong class="num">{countdown(sale.endsAtMs - model.nowMs.value)}</strong>
      </button>
    </div>
  );
}
