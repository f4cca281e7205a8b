import './heart-flight.css';

const MOST_IN_FLIGHT = 12;
const FLIGHT_MS = 1000;
const PULSE_MS = 240;
/** Of others' hearts, what is shown of one total, and how far apart. */
const MOST_OF_OTHERS = 3;
const APART_MS = 320;
/** Where each drifts to, in turn, in px. */
const DRIFTS = [-12, 10, -4, 16, -18, 4];

/** Where a page wants them to fly, so that they pass behind what is to be read or pressed. */
const SKY = '.heart-sky';

let flown = 0;
const inFlight = new Set<Animation>();

const wantsStillness = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** One of your own: a heart rises from the button; where nothing shall move, the button answers by light. */
export function flyOwn(button: HTMLElement): void {
  if (wantsStillness()) button.animate([{ opacity: 0.5 }, { opacity: 1 }], PULSE_MS);
  else fly(button, 0, true);
}

/** Some, for all those that others gave. */
export function flyOfOthers(button: HTMLElement, count: number): void {
  if (document.hidden || wantsStillness()) return;
  for (let i = 0; i < Math.min(count, MOST_OF_OTHERS); i += 1) fly(button, i * APART_MS, false);
}

function fly(button: HTMLElement, delayMs: number, isOwn: boolean): void {
  const icon = button.querySelector('svg');
  const { left, top, width } = button.getBoundingClientRect();
  if (icon === null || width === 0 || inFlight.size >= MOST_IN_FLIGHT) return;
  const heart = document.createElement('span');
  heart.className = `heart-flight ${isOwn ? 'is-own' : ''}`;
  heart.setAttribute('aria-hidden', 'true');
  heart.append(icon.cloneNode(true));
  heart.style.left = `${left + width / 2}px`;
  heart.style.top = `${top}px`;
  // On top of the page, whose colours may be others than those where the button is.
  heart.style.color = getComputedStyle(button).getPropertyValue('--heart');
  (document.querySelector(SKY) ?? document.body).append(heart);
  flown += 1;
  const drift = DRIFTS[flown % DRIFTS.length] ?? 0;
  const flight = heart.animate(
    [
      { transform: 'translate(-50%, 0) scale(0.5)', opacity: 0 },
      { transform: `translate(calc(-50% + ${drift / 2}px), -44px) scale(1)`, opacity: 1, offset: 0.15 },
      { transform: `translate(calc(-50% - ${drift / 3}px), -168px) scale(0.96)`, opacity: 0.9, offset: 0.65 },
      { transform: `translate(calc(-50% + ${drift}px), -248px) scale(0.8)`, opacity: 0 },
    ],
    { duration: FLIGHT_MS, delay: delayMs, easing: 'ease-out', fill: 'both' },
  );
  inFlight.add(flight);
  const land = () => {
    inFlight.delete(flight);
    heart.remove();
  };
  flight.finished.then(land, land);
}
