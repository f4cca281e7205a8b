import { useEffect, useState } from 'preact/hooks';
import type { PublishStats } from '../../sdk/media/types.ts';
import { broadcastText } from '../../text/broadcast.ts';
import { format } from '../../text/i18n.ts';
import type { Broadcast } from './broadcast.ts';
import { bitrate } from './quality.tsx';
import './upload-quality.css';

const EVERY_MS = 2_000;

/** How well it goes up: a word, the figures behind it, and what holds it back. */
export function UploadQuality({ broadcast }: { broadcast: Broadcast }) {
  const [stats, setStats] = useState<PublishStats | null>(null);
  useEffect(() => {
    let isGone = false;
    const take = async () => {
      const taken = await broadcast.stats();
      if (!isGone) setStats(taken);
    };
    void take();
    const timer = setInterval(take, EVERY_MS);
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, [broadcast]);
  const words = broadcastText;
  const quality = stats?.quality ?? 'unknown';
  const limit = stats?.limitation ?? 'none';
  return (
    <div class={`upload is-${quality}`} data-testid="upload" data-state={quality}>
      <p class="upload-line">
        <span class="upload-dot" aria-hidden="true" />
        <strong>
          {words.qualityLabel}: {words.qualities[quality]}
        </strong>
      </p>
      {stats === null ? null : <p class="num">{figures(stats).join(' · ')}</p>}
      {limit === 'none' ? null : <p>{words.limits[limit]}</p>}
    </div>
  );
}

function figures(stats: PublishStats): string[] {
  const found: string[] = [];
  const { bitrateKbps, width, height, framesPerSecond } = stats;
  if (bitrateKbps !== null) found.push(bitrate(bitrateKbps, broadcastText));
  if (width !== null && height !== null && width > 0) found.push(`${width}×${height}`);
  if (framesPerSecond !== null) found.push(broadcastText.fps(format.number(Math.round(framesPerSecond))));
  return found;
}
