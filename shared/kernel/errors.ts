/**
 * Error codes that any command may answer with. A play adds its own refusals in its contract.
 * `retryable` tells a client whether the same call, with the same opId, can succeed later.
 */
export type ErrorSpec = { readonly message: string; readonly retryable: boolean };

export const KERNEL_ERRORS = {
  INVALID_PAYLOAD: {
    message: 'The command is unknown or its input does not fit; `path` names what failed.',
    retryable: false,
  },
  RATE_LIMITED: { message: 'Too many commands; wait `retryAfterMs`.', retryable: true },
  UNAUTHENTICATED: { message: 'Sign in first: this needs a valid token.', retryable: false },
  TOKEN_EXPIRED: { message: 'The token has expired; connect again with a fresh one.', retryable: false },
  FORBIDDEN: { message: 'Your role in this room does not allow this.', retryable: false },
  ROOM_NOT_FOUND: { message: 'There is no such room.', retryable: false },
  BANNED: {
    message: 'You are banned from this room; `sanction` says until when and why.',
    retryable: false,
  },
  NOT_IN_ROOM: { message: 'Join the room first.', retryable: false },
  IDEMPOTENCY_MISMATCH: {
    message: 'This opId was used with other input; use a new opId for a new intention.',
    retryable: false,
  },
  UNAVAILABLE: { message: 'The store is away; nothing was changed. Try again.', retryable: true },
  OUTCOME_UNKNOWN: {
    message: 'No answer in time: it may or may not have happened. Retry with the same opId to find out.',
    retryable: true,
  },
  BUSY: { message: 'Too much at once; wait `retryAfterMs`.', retryable: true },
  INTERNAL: { message: 'A bug on our side; `requestId` finds it in the log.', retryable: false },
} as const satisfies Record<string, ErrorSpec>;

export type KernelErrorCode = keyof typeof KERNEL_ERRORS;

/**
 * Why the server closed a connection; sent as `kernel:closing` right before, also as connect error. With
 * `reconnect`, either may say when: `retryAfterMs`.
 */
export const CLOSE_REASONS = {
  TOKEN_EXPIRED: { message: 'The token has expired; connect again with a fresh one.', reconnect: true },
  UNAUTHENTICATED: { message: 'The token is not valid here.', reconnect: false },
  ISSUER_UNAVAILABLE: { message: 'Tokens cannot be checked right now; try again.', reconnect: true },
  FLOOD: { message: 'Too many refused commands.', reconnect: false },
  SLOW_READER: { message: 'This connection reads too slowly.', reconnect: true },
  TOO_MANY_CONNECTIONS: { message: 'Too many connections from this user or address.', reconnect: false },
  BANNED: { message: 'You are banned from this room.', reconnect: false },
  KICKED: { message: 'A moderator sent you out of this room for a moment.', reconnect: false },
  TOKEN_REVOKED: { message: 'This token was revoked; sign in again.', reconnect: false },
  SHUTTING_DOWN: { message: 'This node stops; connect again.', reconnect: true },
  BUSY: { message: 'Too many connect at once; try again after `retryAfterMs`.', reconnect: true },
  VERSION_MISMATCH: { message: 'This page is out of date; load it again.', reconnect: false },
} as const;

export type CloseReason = keyof typeof CLOSE_REASONS;
/** What `kernel:closing` carries. */
export type Closing = { reason: CloseReason; message: string; reconnect: boolean; retryAfterMs?: number };
