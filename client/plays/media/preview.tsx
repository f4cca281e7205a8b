import { broadcastText } from '../../text/broadcast.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { Broadcast } from './broadcast.ts';
import { SoundButton } from './controls.tsx';
import { Picture } from './picture.tsx';
import type { Player } from './player.ts';
import { Stage } from './stage.tsx';
import './preview.css';

type Props = { broadcast: Broadcast; player: Player; isLive: boolean };

/**
 * What viewers get, or would get: the screen or camera of this device, else what an encoder sends. Who else sends stands
 * under it.
 */
export function Preview({ broadcast, player, isLive }: Props) {
  const { camera, screen, isCameraOff, isPattern } = broadcast;
  const track = screen.value.track ?? camera.value.track;
  const isScreen = screen.value.track !== null;
  const hasOthers = player.tiles.value.length > 0;
  const isEmpty = track === null && !hasOthers;
  const isOff = isEmpty || (track !== null && !isScreen && isCameraOff.value);
  return (
    <>
      <div
        class="preview"
        data-testid="preview"
        data-state={isOff ? 'off' : track === null ? 'others' : 'own'}
      >
        {track === null ? null : (
          <Picture
            track={track}
            source={isScreen ? 'screen' : 'camera'}
            label={broadcastText.you}
            isMirrored={!isScreen && !isPattern.value}
          />
        )}
        {track === null && hasOthers ? <Stage player={player} /> : null}
        {isEmpty ? (
          <div class="preview-off">
            <Icon name={broadcast.lack.value === null ? 'camera' : 'camera-off'} size={40} />
          </div>
        ) : null}
        {isOff && !isEmpty ? (
          <div class="preview-off">
            <Avatar name={broadcast.name()} size={56} />
            {broadcastText.cameraOff}
          </div>
        ) : null}
        <PreviewTag broadcast={broadcast} hasPicture={track !== null} hasOthers={hasOthers} isLive={isLive} />
        {track === null && hasOthers ? (
          <div class="preview-sound">
            <SoundButton player={player} />
          </div>
        ) : null}
      </div>
      {track !== null && hasOthers ? (
        <div class="preview-others" data-testid="preview-others">
          <h3>{broadcastText.others}</h3>
          <div class="preview preview-small">
            <Stage player={player} />
            <div class="preview-sound">
              <SoundButton player={player} />
            </div>
          </div>
        </div>
      ) : null}
    </>
  );
}

type TagProps = { broadcast: Broadcast; hasPicture: boolean; hasOthers: boolean; isLive: boolean };

/** Who sees this, in words. */
function PreviewTag({ broadcast, hasPicture, hasOthers, isLive }: TagProps) {
  const isSent = broadcast.isSending.value || (hasOthers && !hasPicture);
  const isPossible = broadcast.lack.value === null;
  if (!isSent && !hasPicture && !(isLive && isPossible)) return null;
  const state = isSent ? (isLive ? 'onAir' : 'staffOnly') : isLive ? 'notSent' : 'preview';
  return (
    <span class={`preview-tag is-${state}`} data-testid="preview-tag" data-state={state}>
      {broadcastText[state]}
    </span>
  );
}
