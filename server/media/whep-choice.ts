import type { Publication, Source } from '../../shared/plays/media/contract.ts';

/** What a player gets that cannot choose: one picture, and its sound. */
export type Choice = { video: Publication | undefined; audio: Publication | undefined };

const PICTURES: readonly Source[] = ['encoder-video', 'screen', 'camera'];
const SOUNDS: readonly Source[] = ['encoder-audio', 'microphone', 'screen-sound'];
/** Where the sound that belongs to a picture is not that of an encoder first. */
const SOUNDS_BESIDE: Partial<Record<Source, readonly Source[]>> = {
  screen: ['microphone', 'screen-sound', 'encoder-audio'],
  camera: ['microphone', 'encoder-audio', 'screen-sound'],
};

/** The host's before a cohost's; what an encoder sends before a screen before a camera; then the newest. */
export function chooseMain(shown: readonly Publication[]): Choice {
  const video = best(shown, PICTURES);
  const own = shown.filter(({ userId }) => userId === video?.userId);
  const audio = video && best(own, SOUNDS_BESIDE[video.source] ?? SOUNDS);
  return { video, audio: audio ?? best(shown, SOUNDS) };
}

function best(shown: readonly Publication[], order: readonly Source[]): Publication | undefined {
  const [first] = shown
    .filter(({ source }) => order.includes(source))
    .toSorted(
      (a, b) =>
        Number(b.isHost) - Number(a.isHost) ||
        order.indexOf(a.source) - order.indexOf(b.source) ||
        b.startedAtMs - a.startedAtMs,
    );
  return first;
}
