import { text } from '../../text/i18n.ts';
import type { RoomView } from './room-view.ts';
import './stage-media.css';

/** The video over the drawn stage, from the first frame on; until its code is here, a sign that it comes. */
export function StageMedia({ view }: { view: RoomView }) {
  const { isOn, kit } = view.media;
  if (!isOn.value) return null;
  if (kit.value === null) {
    return (
      <div class="stage-loading" data-testid="media-loading">
        <span class="visually-hidden" role="status">
          {text.common.loading}
        </span>
      </div>
    );
  }
  const { Stage, player } = kit.value;
  return <Stage player={player} />;
}

/** Sound and figures; null without video. */
export function StageMediaControls({ view }: { view: RoomView }) {
  const { isOn, kit } = view.media;
  if (!isOn.value || kit.value === null) return null;
  const { StageControls, player } = kit.value;
  return (
    <StageControls
      player={player}
      onQuality={() => {
        view.sheet.value = 'video';
      }}
    />
  );
}

/** What to say of the video, where there is something to say. */
export function StageMediaNotice({ view }: { view: RoomView }) {
  const { isOn, kit } = view.media;
  if (!isOn.value || kit.value === null) return null;
  const { StageNotice, player } = kit.value;
  return <StageNotice player={player} nowMs={view.model.nowMs} />;
}
