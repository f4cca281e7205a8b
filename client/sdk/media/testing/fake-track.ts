/** A track without a browser: its settings are given, `end()` is unplugging. */
export type FakeTrack = MediaStreamTrack & { end(): void };

let made = 0;

export function fakeTrack(kind: 'audio' | 'video', settings: MediaTrackSettings = {}): FakeTrack {
  made += 1;
  const track = {
    ...{ id: `track-${made}`, kind, enabled: true, muted: false, readyState: 'live', contentHint: '' },
    getSettings: () => settings,
    stop() {
      track.readyState = 'ended';
    },
    end() {
      track.readyState = 'ended';
      target.dispatchEvent(new Event('ended'));
    },
  };
  const target = new EventTarget();
  return Object.assign(track, {
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
  }) as unknown as FakeTrack;
}
