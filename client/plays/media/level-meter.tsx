import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { broadcastText } from '../../text/broadcast.ts';
import './level-meter.css';

/** The microphone's level, drawn without rendering the page anew: it changes many times a second. */
export function LevelMeter({ level, isMuted }: { level: ReadonlySignal<number>; isMuted: boolean }) {
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(
    () =>
      level.subscribe((value) => {
        bar.current?.style.setProperty('--level', value.toFixed(3));
        bar.current?.setAttribute('data-level', value.toFixed(2));
      }),
    [level],
  );
  return (
    <div class={`level ${isMuted ? 'is-muted' : ''}`} role="img" aria-label={broadcastText.level}>
      <span ref={bar} class="level-bar" data-testid="level" />
      {isMuted ? <span class="level-words">{broadcastText.micMuted}</span> : null}
    </div>
  );
}
