/** Runs inside the page, before its own code: what a viewer would notice. Must not refer to anything outside of itself. */

export type Observed = {
  /** Since navigation began, ms: the page shows a sale that can be grabbed, and lets one write. */
  interactiveMs: number | null;
  /** Between two frames, the longest, ms; and how many took over 100 ms. */
  longestGapMs: number;
  gapsOver100: number;
  frames: number;
  /** Tasks that kept the page's main thread for over 100 ms. */
  tasksOver100: number;
  /** From the bytes of an answer to a grab to the button that shows it, ms. */
  answersMs: number[];
};

export type Watch = { seen: Observed; reset(): void };

declare global {
  var livestallWatch: Watch;
}

export function observePage(): void {
  const fresh = (interactiveMs: number | null): Observed => ({
    ...{ interactiveMs, longestGapMs: 0, gapsOver100: 0, frames: 0, tasksOver100: 0, answersMs: [] },
  });
  const watch: Watch = {
    seen: fresh(null),
    reset() {
      watch.seen = fresh(watch.seen.interactiveMs);
      lastFrameMs = performance.now();
    },
  };
  globalThis.livestallWatch = watch;

  let lastFrameMs = performance.now();
  const onFrame = (atMs: number): void => {
    const gapMs = atMs - lastFrameMs;
    lastFrameMs = atMs;
    watch.seen.frames += 1;
    watch.seen.longestGapMs = Math.max(watch.seen.longestGapMs, gapMs);
    if (gapMs > 100) watch.seen.gapsOver100 += 1;
    requestAnimationFrame(onFrame);
  };
  requestAnimationFrame(onFrame);
  new PerformanceObserver((list) => {
    watch.seen.tasksOver100 += list.getEntries().filter(({ duration }) => duration > 100).length;
  }).observe({ type: 'longtask' });

  let answeredAtMs: number | null = null;
  let wasWorking = false;
  const look = (): void => {
    const state = document.querySelector('[data-testid="grab-button"]')?.getAttribute('data-state');
    if (watch.seen.interactiveMs === null) {
      const canWrite = document.querySelector('[data-testid="composer-input"]:not([disabled])') !== null;
      // A task of its own: only then nothing keeps the page from taking a press.
      if (state === 'open' && canWrite) setTimeout(() => (watch.seen.interactiveMs ??= performance.now()));
    }
    if (state === 'working') wasWorking = true;
    else if (wasWorking && state !== undefined) {
      wasWorking = false;
      const fromMs = answeredAtMs;
      requestAnimationFrame(() => {
        if (fromMs !== null) watch.seen.answersMs.push(performance.now() - fromMs);
      });
      answeredAtMs = null;
    }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });

  // The answer to a grab or the notice of its order, whichever comes first: both end the waiting.
  const Plain = WebSocket;
  globalThis.WebSocket = class extends Plain {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        if (wasWorking && String(data).includes('"holdExpiresAtMs"')) answeredAtMs ??= performance.now();
      });
    }
  };
}
