import { useEffect, useRef, useState } from 'preact/hooks';
import { text } from '../../text/i18n.ts';
import { replayText } from '../../text/replay.ts';
import { Icon } from '../../ui/icon.tsx';
import { openReplay, type ReplayProblem } from './replay-source.ts';
import './replay.css';

type Props = { title: string; url: string; onClose: () => void };

/** A past show on the stage, with the browser's own controls, marked as what it is. */
export function Replay({ title, url, onClose }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const [tries, setTries] = useState(0);
  const [problem, setProblem] = useState<ReplayProblem | null>(null);
  const [shape, setShape] = useState<'portrait' | 'landscape'>('landscape');
  const [isReady, setReady] = useState(false);

  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    setProblem(null);
    setReady(false);
    const source = openReplay(element, url, setProblem);
    // It was asked for by a press; a browser that wants another shows its own button.
    element.play().catch(() => {});
    return () => source.close();
  }, [url, tries]);

  const state = problem !== null ? 'failed' : isReady ? 'ready' : 'loading';
  return (
    <section
      class={`replay is-${shape}`}
      aria-label={replayText.label(title)}
      data-testid="replay"
      data-state={state}
      data-problem={problem ?? undefined}
    >
      <header class="replay-head">
        <span class="replay-tag">
          <Icon name="play" size={14} /> {replayText.tag}
        </span>
        <span class="replay-words">{replayText.chatIsNow}</span>
        <button
          type="button"
          class="icon-btn"
          data-testid="replay-close"
          aria-label={text.common.close}
          onClick={onClose}
        >
          <Icon name="close" size={20} />
        </button>
      </header>
      <div class="replay-frame">
        {/* biome-ignore lint/a11y/useMediaCaption: captions are in the file, where its maker put them */}
        <video
          ref={video}
          controls
          playsInline
          preload="metadata"
          aria-label={replayText.label(title)}
          hidden={problem !== null}
          data-testid="replay-video"
          onLoadedMetadata={({ currentTarget: { videoWidth, videoHeight } }) => {
            setReady(true);
            setShape(videoHeight > videoWidth ? 'portrait' : 'landscape');
          }}
        />
        {state === 'loading' ? (
          <p class="replay-loading" role="status">
            {replayText.loading}
          </p>
        ) : null}
        {problem === null ? null : (
          <div class="replay-problem" role="alert">
            <p>{replayText[problem]}</p>
            <button
              type="button"
              class="btn btn-strong"
              data-testid="replay-retry"
              onClick={() => setTries(tries + 1)}
            >
              {text.common.tryAgain}
            </button>
          </div>
        )}
      </div>
    </section>
  );
}
