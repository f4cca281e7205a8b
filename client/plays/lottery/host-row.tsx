import { SIMULATED_PREFIX } from '../../../shared/kernel/simulated.ts';
import type { Draw } from '../../../shared/plays/lottery/draw.ts';
import { countdown } from '../../text/format.ts';
import { hostText } from '../../text/host.ts';
import { format } from '../../text/i18n.ts';
import { HoldButton } from '../../ui/hold-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { SimulatedMark } from '../../ui/simulated-mark.tsx';
import './host-row.css';

type Props = {
  draw: Draw;
  freezing: { done: number; of: number } | undefined;
  currency: string;
  nowMs: number;
  onClose: () => void;
  onCancel: () => void;
  onRedraw: () => void;
  onClaims: () => void;
};

/** A draw in the run list: what it is, how far it is, and its one next action. */
export function HostDrawRow({ draw, freezing, currency, nowMs, ...on }: Props) {
  const words = hostText.draws;
  const { phase, title, prizes, redrawnBy } = draw;
  const isRunning = phase === 'announced' || phase === 'open';
  const isDrawn = phase === 'drawn' || phase === 'revealed';
  return (
    <article class="draw-row" data-testid="draw-row" data-state={phase}>
      <header>
        <span class="draw-row-icon" aria-hidden="true">
          <Icon name="gift" />
        </span>
        <div class="draw-row-what">
          <h3>
            <bdi>{title}</bdi>
          </h3>
          <p class="num">
            {prizes.map(({ title: prize, count, valueMinor }, index) => (
              <span key={index}>
                <bdi>{prize}</bdi> × {format.number(count)} · {format.money(valueMinor, currency)}
              </span>
            ))}
          </p>
        </div>
        <span class="tag">{words.phase[phase]}</span>
      </header>
      <Figures draw={draw} freezing={freezing} nowMs={nowMs} />
      {draw.redrawOf === null ? null : (
        <p class="draw-row-note">
          <bdi>{words.redrawOf(draw.redrawOf.reason)}</bdi>
        </p>
      )}
      {draw.cancelReason === null ? null : (
        <p class="draw-row-note">
          <bdi>{words.cancelled(draw.cancelReason)}</bdi>
        </p>
      )}
      {isDrawn ? <Winners draw={draw} /> : null}
      <div class="draw-row-acts">
        {phase === 'open' ? (
          <HoldButton label={words.close} icon="stop" testId="draw-close" onHeld={on.onClose} />
        ) : null}
        {isRunning ? (
          <button type="button" class="btn btn-line" data-testid="draw-cancel" onClick={on.onCancel}>
            {words.cancel}
          </button>
        ) : null}
        {isDrawn ? (
          <button type="button" class="btn" data-testid="draw-claims" onClick={on.onClaims}>
            <Icon name="receipt" size={18} /> {words.claims}
          </button>
        ) : null}
        {isDrawn && redrawnBy === null ? (
          <button type="button" class="btn btn-line" data-testid="draw-redraw" onClick={on.onRedraw}>
            {words.redraw}
          </button>
        ) : null}
      </div>
    </article>
  );
}

function Figures({ draw, freezing, nowMs }: Pick<Props, 'draw' | 'freezing' | 'nowMs'>) {
  const words = hostText.draws;
  const { phase, entries, voided, winners, trust, beaconAtMs } = draw;
  const clock = clockOf(draw, nowMs);
  const progress = phase === 'closed' ? freezing : undefined;
  return (
    <>
      <dl class="draw-figures">
        <Figure label={words.entries} value={format.number(entries)} testId="draw-entries" />
        {voided === null ? null : <Figure label={words.voided} value={format.number(voided)} />}
        {winners === null ? null : (
          <Figure label={words.winners} value={format.number(winners)} testId="draw-winners" />
        )}
        {clock === null ? null : <Figure label={clock.label} value={countdown(clock.leftMs)} />}
        {phase === 'frozen' && beaconAtMs !== null ? (
          <Figure label={words.beaconIn} value={countdown(beaconAtMs - nowMs)} />
        ) : null}
        <div class="draw-trust">
          <dt class="visually-hidden">{hostText.drawForm.trust}</dt>
          <dd>{words.trust[trust]}</dd>
        </div>
      </dl>
      {progress === undefined ? null : (
        <div class="draw-progress" role="status">
          <progress max={Math.max(1, progress.of)} value={progress.done} aria-label={words.phase.closed} />
          {words.freezing(format.number(progress.done), format.number(progress.of))}
        </div>
      )}
    </>
  );
}

function Figure({ label, value, testId }: { label: string; value: string; testId?: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd class="num" data-testid={testId}>
        {value}
      </dd>
    </div>
  );
}

function clockOf(
  { phase, opensAtMs, closesAtMs }: Draw,
  nowMs: number,
): { label: string; leftMs: number } | null {
  const words = hostText.draws;
  if (phase === 'announced') return { label: words.opensIn, leftMs: opensAtMs - nowMs };
  return phase === 'open' ? { label: words.closesIn, leftMs: closesAtMs - nowMs } : null;
}

function Winners({ draw: { shownWinners, winners, prizes } }: { draw: Draw }) {
  const words = hostText.draws;
  if (winners === 0 || shownWinners.length === 0) return <p class="draw-row-note">{words.noClaims}</p>;
  const more = (winners ?? 0) - shownWinners.length;
  return (
    <ul class="draw-winners" data-testid="draw-winner-names">
      {shownWinners.map(({ ticket, name, prizeIndex, simulated }) => (
        <li key={ticket} class="tag">
          <bdi>{name}</bdi> <SimulatedMark userId={simulated ? SIMULATED_PREFIX : ''} />
          {prizes.length > 1 ? <bdi>· {prizes[prizeIndex]?.title}</bdi> : null}
        </li>
      ))}
      {more > 0 ? <li class="draw-row-note">{words.andMore(more)}</li> : null}
    </ul>
  );
}
