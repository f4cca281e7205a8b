/** How long a frame may say nothing, and when it is tried again. */
export type Patience = {
  /** A new frame was put in. */
  begin(): void;
  /** It is on the screen, so that even a lazy one loads. */
  seen(): void;
  /** The browser is done with it, whatever it shows. */
  loaded(): void;
  /** The room runs. */
  heard(): void;
  stop(): void;
};

export type Timers = {
  set(task: () => void, afterMs: number): number;
  clear(timer: number | undefined): void;
};
type Options = { onSilent: () => void; onTryAgain: () => void; timers?: Timers };

/** A refused page counts as loaded, and never speaks: this long after that it is known. */
export const AFTER_LOAD_MS = 8_000;
/** Some browsers never say that a page failed to load. */
export const AFTER_SEEN_MS = 20_000;
export const TRY_AGAIN_MS = 15_000;
const TRY_AGAIN_MAX_MS = 300_000;

export const browserTimers: Timers = {
  set: (task, afterMs) => window.setTimeout(task, afterMs),
  clear: (timer) => window.clearTimeout(timer),
};

export function createPatience({ onSilent, onTryAgain, timers = browserTimers }: Options): Patience {
  let afterSeen: number | undefined;
  let afterLoad: number | undefined;
  let again: number | undefined;
  let failures = 0;

  function stop(): void {
    for (const timer of [afterSeen, afterLoad, again]) timers.clear(timer);
    afterSeen = undefined;
    afterLoad = undefined;
    again = undefined;
  }

  function silent(): void {
    stop();
    const waitMs = Math.min(TRY_AGAIN_MAX_MS, TRY_AGAIN_MS * 2 ** failures);
    failures += 1;
    again = timers.set(onTryAgain, waitMs);
    onSilent();
  }

  return {
    begin: stop,
    seen() {
      afterSeen ??= timers.set(silent, AFTER_SEEN_MS);
    },
    loaded() {
      afterLoad ??= timers.set(silent, AFTER_LOAD_MS);
    },
    heard() {
      stop();
      failures = 0;
    },
    stop,
  };
}
