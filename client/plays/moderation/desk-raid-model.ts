import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { chunksOf, TARGETS_MAX } from './desk-lengths.ts';
import type { Desk } from './desk-model.ts';
import { type Raider, type RaidSigns, raiders, raidSigns } from './desk-raid.ts';

/** A raid: pick who raids, ban them. Its modes are switched like any others. */
export type RaidFlow = {
  /** What was last seen; null: the banner does not show. */
  banner: ReadonlySignal<RaidSigns | null>;
  /** Null until the second press. */
  list: Signal<readonly Raider[] | null>;
  /** So many were banned by the third press. */
  cleaned: Signal<number | null>;
  isWorking: Signal<boolean>;
  suspects: ReadonlySignal<number>;
  choose(): void;
  toggle(userId: string): void;
  clean(reason: string): Promise<boolean>;
  dismiss(): void;
};

/** The banner stays so long after the last sign, so that it does not go while it is read. */
const LINGER_MS = 60_000;
const CLEANED_SHOWN_MS = 15_000;
/** After "not a raid" the same signs are left alone for this long. */
const DISMISSED_MS = 120_000;

type Times = { signAtMs: number | null; dismissedAtMs: number | null; cleanedAtMs: number | null };

/** Whether the banner shows, from when what happened. */
export function isBannerShown(times: Times, isPicking: boolean, nowMs: number): boolean {
  const since = (atMs: number | null) => (atMs === null ? Number.POSITIVE_INFINITY : nowMs - atMs);
  if (isPicking) return true;
  if (times.cleanedAtMs !== null && times.cleanedAtMs >= (times.signAtMs ?? 0)) {
    return since(times.cleanedAtMs) < CLEANED_SHOWN_MS;
  }
  return since(times.signAtMs) < LINGER_MS && since(times.dismissedAtMs) >= DISMISSED_MS;
}

export function createRaidFlow(desk: Desk, nowMs: ReadonlySignal<number>): RaidFlow {
  const list = signal<readonly Raider[] | null>(null);
  const cleaned = signal<number | null>(null);
  const isWorking = signal(false);
  const last = signal<RaidSigns | null>(null);
  const times = signal<Times>({ signAtMs: null, dismissedAtMs: null, cleanedAtMs: null });
  // Looked at once a second: the stream is long, and a raid is not over in less.
  const second = computed(() => Math.floor(nowMs.value / 1000) * 1000);

  effect(() => {
    const atMs = second.value;
    // What drains from the filters just after a ban is not a new raid.
    const { cleanedAtMs } = times.peek();
    if (cleanedAtMs !== null && atMs - cleanedAtMs < CLEANED_SHOWN_MS) return;
    const signs = raidSigns(desk.state.peek(), nowMs.peek());
    if (signs === null) return;
    last.value = signs;
    times.value = { ...times.peek(), signAtMs: nowMs.peek() };
    if (list.peek() !== null)
      list.value = merged(list.peek() ?? [], raiders(desk.state.peek(), nowMs.peek()));
  });

  function end(part: Partial<Times>): void {
    times.value = { ...times.peek(), ...part };
    list.value = null;
  }

  return {
    ...{ list, cleaned, isWorking },
    banner: computed(() =>
      isBannerShown(times.value, list.value !== null, nowMs.value) ? last.value : null,
    ),
    suspects: computed(() =>
      second.value > 0 && last.value !== null
        ? raiders(desk.state.value, nowMs.peek()).filter(({ isPicked }) => isPicked).length
        : 0,
    ),
    choose() {
      cleaned.value = null;
      list.value = raiders(desk.state.value, nowMs.value);
    },
    toggle(userId) {
      list.value = (list.value ?? []).map((raider) =>
        raider.userId === userId ? { ...raider, isPicked: !raider.isPicked } : raider,
      );
    },
    async clean(reason) {
      const picked = (list.value ?? []).filter(({ isPicked }) => isPicked).map(({ userId }) => userId);
      if (picked.length === 0 || isWorking.value) return false;
      isWorking.value = true;
      const isFine = await desk.sanctionAll(
        chunksOf(picked, TARGETS_MAX).map((userIds) => ({
          ...({ userIds, kind: 'ban', deleteMessages: true, reason } as const),
        })),
      );
      // A ban takes back what was shown; what waits for review is not shown, and would wait on.
      if (isFine) await desk.rejectAllOf(picked, reason);
      isWorking.value = false;
      if (!isFine) return false;
      cleaned.value = picked.length;
      end({ cleanedAtMs: nowMs.value });
      return true;
    },
    dismiss() {
      end({ dismissedAtMs: nowMs.value });
    },
  };
}

/** Who joins the raid while the list is open is added; what was picked by hand stays. */
function merged(shown: readonly Raider[], now: readonly Raider[]): readonly Raider[] {
  const known = new Map(shown.map((raider) => [raider.userId, raider]));
  const fresh = now.filter(({ userId }) => !known.has(userId));
  return fresh.length === 0 ? shown : [...shown, ...fresh];
}
