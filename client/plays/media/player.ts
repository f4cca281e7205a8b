import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Publication } from '../../../shared/plays/media/contract.ts';
import type { LivestallClient } from '../../sdk/client.ts';
import type { WatchedTrack, Watcher, WatchState, WatchStats } from '../../sdk/media/types.ts';
import { arrange, type Tile, toReceive } from './arrange.ts';
import { linger } from './lingering.ts';
import { createSpeaker } from './speaker.ts';

/** What plays on a page: a watcher as signals, its sound, and when it rests. */
export type Player = {
  state: ReadonlySignal<WatchState>;
  /** Since when it is in this state, by the page's clock. */
  sinceMs: ReadonlySignal<number>;
  tiles: ReadonlySignal<readonly Tile[]>;
  /** Tracks by publication. */
  tracks: ReadonlySignal<ReadonlyMap<string, WatchedTrack>>;
  isMuted: ReadonlySignal<boolean>;
  /** Once there was sound, the button that mutes is small. */
  wasHeard: ReadonlySignal<boolean>;
  isAudioOnly: ReadonlySignal<boolean>;
  isAudioOnlyByNetwork: ReadonlySignal<boolean>;
  /** From a tap. */
  setMuted(isMuted: boolean): void;
  setAudioOnly(isAudioOnly: boolean): void;
  /** The network bore sound only: ask for pictures now rather than when the watcher would. */
  tryPictures(): void;
  setSize: Watcher['setSize'];
  stats(): Promise<WatchStats>;
  close(): Promise<void>;
};

export type PlayerDeps = {
  watcher: Watcher;
  client: Pick<LivestallClient, 'on'>;
  publications: ReadonlySignal<readonly Publication[]>;
  /** What was chosen before in this visit; null: nothing is kept. */
  storage: Pick<Storage, 'getItem' | 'setItem'> | null;
};

const SOUND = 'livestall:sound';
const SAVER = 'livestall:data-saver';

export function createPlayer({ watcher, client, publications, storage }: PlayerDeps): Player {
  const state: Signal<WatchState> = signal(watcher.state());
  const sinceMs = signal(Date.now());
  const tracks = signal<ReadonlyMap<string, WatchedTrack>>(new Map());
  const isMuted = signal(true);
  const wasHeard = signal(false);
  const isAudioOnly = signal(storage?.getItem(SAVER) === 'on');
  const isAudioOnlyByNetwork = signal(false);
  const lingering = linger(client, publications);
  const tiles = computed(() => arrange(lingering.shown.value));
  const speaker = createSpeaker(() => {
    isMuted.value = true;
    // A tap is wanted, in words.
    wasHeard.value = false;
    speaker.setMuted(true);
  });

  function follow(): void {
    const now = watcher.tracks();
    batch(() => {
      if (state.value !== watcher.state()) {
        state.value = watcher.state();
        sinceMs.value = Date.now();
      }
      tracks.value = new Map(now.map((track) => [track.publicationId, track]));
      isAudioOnlyByNetwork.value = watcher.audioOnlyByNetwork();
    });
    speaker.setTracks(now.filter(({ kind }) => kind === 'audio').map(({ track }) => track));
  }
  function unmute(): void {
    isMuted.value = false;
    wasHeard.value = true;
    speaker.setMuted(false);
  }

  /** Out of sight without sound, nothing is of use. */
  let isAsleep = false;
  const rest = () => {
    const isHidden = document.hidden;
    const isUseless = isHidden && isMuted.value;
    watcher.setVisibility(isAsleep || isUseless ? 'asleep' : isHidden ? 'hidden' : 'visible');
  };
  const sleep = () => {
    isAsleep = true;
    rest();
  };
  const wake = () => {
    isAsleep = false;
    rest();
  };
  const page = new AbortController();
  const { signal: gone } = page;
  document.addEventListener('visibilitychange', wake, { signal: gone });
  document.addEventListener('freeze', sleep, { signal: gone });
  document.addEventListener('resume', wake, { signal: gone });
  window.addEventListener('pagehide', sleep, { signal: gone });
  window.addEventListener('pageshow', wake, { signal: gone });

  const stops = [
    watcher.on('change', follow),
    effect(() => watcher.setAudioOnly(isAudioOnly.value)),
    effect(() => watcher.setPublications(toReceive(tiles.value, publications.value))),
    effect(rest),
    () => page.abort(),
    () => lingering.close(),
    () => speaker.close(),
  ];
  follow();
  if (storage?.getItem(SOUND) === 'on') unmute();

  return {
    ...{ state, sinceMs, tiles, tracks, isMuted, wasHeard, isAudioOnly, isAudioOnlyByNetwork },
    setMuted(muted) {
      storage?.setItem(SOUND, muted ? 'off' : 'on');
      if (!muted) return unmute();
      isMuted.value = true;
      speaker.setMuted(true);
    },
    setAudioOnly(audioOnly) {
      storage?.setItem(SAVER, audioOnly ? 'on' : 'off');
      isAudioOnly.value = audioOnly;
    },
    tryPictures() {
      watcher.setAudioOnly(true);
      watcher.setAudioOnly(false);
    },
    setSize: watcher.setSize,
    stats: watcher.stats,
    async close() {
      for (const stop of stops.splice(0)) stop();
      await watcher.close();
    },
  };
}
