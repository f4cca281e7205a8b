import { useState } from 'preact/hooks';
import { mediaText } from '../../text/media.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { Tile } from './arrange.ts';
import type { Size } from './fit.ts';
import { Picture } from './picture.tsx';
import type { Player } from './player.ts';
import './stage.css';

/** Who is on, each with their picture: one fills the stage, two stand side by side, of more the others in a strip. */
export function Stage({ player }: { player: Player }) {
  const [shape, setShape] = useState<'portrait' | 'landscape'>('portrait');
  const tiles = player.tiles.value;
  const layout = tiles.length <= 1 ? 'one' : tiles.length === 2 ? 'two' : 'strip';
  const state = player.state.value;
  // Idle with somebody on stage: they were lost, and are on their way back.
  const isComing = state === 'connecting' || state === 'reconnecting' || state === 'idle';
  return (
    <section
      class={`media-stage is-${layout} is-${shape}`}
      data-testid="media-stage"
      data-state={state}
      data-tiles={tiles.length}
    >
      <div class="media-tiles">
        {tiles.map((tile, index) => (
          <StageTile
            key={tile.userId}
            {...{ player, tile }}
            isAlone={tiles.length === 1}
            isMain={index === 0}
            onPixels={({ width, height }) => setShape(width > height ? 'landscape' : 'portrait')}
          />
        ))}
      </div>
      {tiles.length > 0 && isComing ? <span class="media-spinner" aria-hidden="true" /> : null}
    </section>
  );
}

type TileProps = {
  player: Player;
  tile: Tile;
  isAlone: boolean;
  isMain: boolean;
  onPixels: (pixels: Size) => void;
};

function StageTile({ player, tile, isAlone, isMain, onPixels }: TileProps) {
  const { picture, name } = tile;
  const watched = picture === null ? undefined : player.tracks.value.get(picture.publicationId);
  const isSaving = player.isAudioOnly.value || player.isAudioOnlyByNetwork.value;
  const card = picture === null ? 'voice' : picture.paused ? 'off' : isSaving ? 'saving' : null;
  return (
    <figure class={isMain ? 'media-tile is-main' : 'media-tile is-other'}>
      {picture === null ? null : (
        <Picture
          track={watched?.track ?? null}
          source={picture.source}
          label={picture.source === 'screen' ? mediaText.screenOf(name) : mediaText.videoOf(name)}
          isTight={!isAlone}
          onShown={(pixels) => {
            if (isMain) onPixels(pixels);
          }}
          onSize={({ width, height }) => player.setSize(picture.publicationId, width, height)}
        />
      )}
      {card === null ? null : <Card name={name} card={card} isMain={isMain} />}
      {isAlone ? null : (
        <span class="media-name">
          {tile.isHeard ? null : <Icon name="mic-off" size={14} />}
          <bdi>{name}</bdi>
          {tile.isHeard ? null : <span class="visually-hidden">{mediaText.muted}</span>}
        </span>
      )}
    </figure>
  );
}

/** Who it is, while there is no picture of them. */
function Card({ name, card, isMain }: { name: string; card: 'voice' | 'off' | 'saving'; isMain: boolean }) {
  return (
    <figcaption
      class={isMain ? 'media-card is-main' : 'media-card is-small'}
      data-testid="media-card"
      data-state={card}
    >
      <Avatar name={name} size={isMain ? 72 : 40} />
      {isMain ? <bdi>{name}</bdi> : null}
      {card === 'saving' || !isMain ? null : (
        <span>{card === 'off' ? mediaText.cameraOff : mediaText.voiceOnly}</span>
      )}
    </figcaption>
  );
}
