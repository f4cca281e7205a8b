import { useEffect, useState } from 'preact/hooks';
import type { WatchStats } from '../../sdk/media/types.ts';
import { format } from '../../text/i18n.ts';
import { mediaText } from '../../text/media.ts';
import type { Player } from './player.ts';
import './quality.css';

const EVERY_MS = 1_000;

/** What arrives, and the choice of what shall arrive. The figures are taken while this is open. */
export function Quality({ player }: { player: Player }) {
  const words = mediaText.quality;
  const stats = useStats(player);
  const isSaving = player.isAudioOnly.value;
  return (
    <div class="quality">
      <fieldset class="quality-choice">
        <legend class="visually-hidden">{words.choose}</legend>
        {([false, true] as const).map((saver) => (
          <label key={String(saver)}>
            <input
              type="radio"
              name="video-quality"
              data-testid={saver ? 'quality-saver' : 'quality-auto'}
              checked={isSaving === saver}
              onChange={() => player.setAudioOnly(saver)}
            />
            <span>
              <strong>{saver ? words.saver : words.auto}</strong>
              {saver ? words.saverHint : words.autoHint}
            </span>
          </label>
        ))}
      </fieldset>
      <h3>{words.now}</h3>
      <dl class="quality-figures num" data-testid="quality-figures">
        {figuresOf(stats).map(([name, label, value]) => (
          <div key={name}>
            <dt>{label}</dt>
            <dd data-testid={`quality-${name}`}>{value ?? words.unknown}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function useStats(player: Player): WatchStats | null {
  const [stats, setStats] = useState<WatchStats | null>(null);
  useEffect(() => {
    let isGone = false;
    const take = async () => {
      const taken = await player.stats();
      if (!isGone) setStats(taken);
    };
    void take();
    const timer = setInterval(take, EVERY_MS);
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, [player]);
  return stats;
}

function figuresOf(stats: WatchStats | null): [string, string, string | null][] {
  const words = mediaText.quality;
  const of = <T,>(value: T | null | undefined, say: (value: T) => string) =>
    value === null || value === undefined ? null : say(value);
  const hasSize = stats !== null && stats.width !== null && stats.height !== null && stats.width > 0;
  return [
    ['latency', words.latency, of(stats?.latencyMs, (ms) => words.latencyMs(format.number(Math.round(ms))))],
    ['resolution', words.resolution, hasSize ? `${stats.width}×${stats.height}` : null],
    ['fps', words.fps, of(stats?.framesPerSecond, (fps) => format.number(Math.round(fps)))],
    ['bitrate', words.bitrate, of(stats?.bitrateKbps, (kbps) => bitrate(kbps, words))],
    ['loss', words.loss, of(stats?.packetsLostShare, (share) => `${(share * 100).toFixed(1)} %`)],
    ['protocol', words.protocol, of(stats?.protocol, (protocol) => words.protocols[protocol])],
  ];
}

type RateWords = { kbps: (kbps: string) => string; mbps: (mbps: string) => string };

/** 640 kbit/s, 2.4 Mbit/s. */
export function bitrate(kbps: number, words: RateWords): string {
  return kbps < 1000 ? words.kbps(format.number(Math.round(kbps))) : words.mbps((kbps / 1000).toFixed(1));
}
