import type { ReadonlySignal } from '@preact/signals';
import type { WatchState } from '../../sdk/media/types.ts';
import { mediaText } from '../../text/media.ts';
import { Icon } from '../../ui/icon.tsx';
import { type Notice, noticeOf } from './notice.ts';
import type { Player } from './player.ts';
import './controls.css';

const COMING: readonly WatchState[] = ['connecting', 'playing', 'reconnecting'];

/** Sound, and the way to the figures. */
export function StageControls({ player, onQuality }: { player: Player; onQuality: () => void }) {
  if (player.tiles.value.length === 0) return null;
  const mayBeHeard = player.tracks.value.size > 0 || COMING.includes(player.state.value);
  return (
    <div class="media-controls">
      {mayBeHeard ? <SoundButton player={player} /> : null}
      <button
        type="button"
        class="icon-btn glass"
        data-testid="video-quality"
        aria-label={mediaText.quality.title}
        title={mediaText.quality.title}
        onClick={onQuality}
      >
        <Icon name="more" />
      </button>
    </div>
  );
}

/** Muted, as a browser wants it at first, it says so in words; later the sign is enough. */
export function SoundButton({ player }: { player: Player }) {
  const isMuted = player.isMuted.value;
  const isNew = isMuted && !player.wasHeard.value;
  const label = isMuted ? mediaText.unmute : mediaText.mute;
  return (
    <button
      type="button"
      class={isNew ? 'btn btn-strong media-sound is-new' : 'icon-btn glass media-sound'}
      data-testid="sound"
      data-state={isMuted ? 'muted' : 'on'}
      aria-label={isNew ? undefined : label}
      aria-pressed={isNew ? undefined : !isMuted}
      onClick={() => player.setMuted(!isMuted)}
    >
      <Icon name={isMuted ? 'sound-off' : 'sound'} size={20} />
      {isNew ? mediaText.tapForSound : null}
    </button>
  );
}

/** `nowMs`: a clock that ticks, so that words come when something lasts. */
export function StageNotice({ player, nowMs }: { player: Player; nowMs: ReadonlySignal<number> }) {
  const tiles = player.tiles.value;
  const [host] = tiles;
  // Read for its tick; the length of a state is measured by the page's own clock.
  void nowMs.value;
  const notice =
    host === undefined
      ? null
      : noticeOf({
          state: player.state.value,
          forMs: Date.now() - player.sinceMs.value,
          isAudioOnly: player.isAudioOnly.value,
          isAudioOnlyByNetwork: player.isAudioOnlyByNetwork.value,
          isHostMuted: tiles.length === 1 && !host.isHeard,
        });
  return (
    <div class="media-notice" role="status" data-testid="media-notice" data-state={notice ?? 'none'}>
      {notice === null || host === undefined ? null : (
        <NoticeChip player={player} notice={notice} hostName={host.name} />
      )}
    </div>
  );
}

function NoticeChip({ player, notice, hostName }: { player: Player; notice: Notice; hostName: string }) {
  if (notice === 'saving' || notice === 'sound-only') {
    return (
      <button
        type="button"
        class="media-chip glass"
        data-testid="try-pictures"
        onClick={() => (notice === 'saving' ? player.setAudioOnly(false) : player.tryPictures())}
      >
        <Icon name="sound" size={18} />
        {notice === 'saving' ? mediaText.saving : mediaText.soundOnly}
        <strong>{notice === 'saving' ? mediaText.showPictures : mediaText.tryPictures}</strong>
      </button>
    );
  }
  return (
    <p class="media-chip glass">
      {notice === 'muted' ? <Icon name="mic-off" size={18} /> : null}
      {notice === 'muted' ? mediaText.isMuted(hostName) : mediaText[notice]}
    </p>
  );
}
