import type { PlayName } from '../../shared/plays.ts';
import type { AnyEvent, AnyNotice } from '../../shared/protocol.ts';

/** The events of one play, discriminated by `name`. */
export type EventOf<P extends PlayName> = Extract<AnyEvent, { name: `${P}:${string}` }>;
/** The notices of one play, discriminated by `name`. */
export type NoticeOf<P extends PlayName> = Extract<AnyNotice, { name: `${P}:${string}` }>;

export function isEventOf<P extends PlayName>(play: P, event: AnyEvent): event is EventOf<P> {
  return event.name.startsWith(`${play}:`);
}

export function isNoticeOf<P extends PlayName>(play: P, notice: AnyNotice): notice is NoticeOf<P> {
  return notice.name.startsWith(`${play}:`);
}

/**
 * The end of a switch over every known name. The compiler refuses it when a case is missing; at run time a
 * name from a newer server is left alone.
 */
export function ignoreUnknown<S>(state: S, _unknown: never): S {
  return state;
}
