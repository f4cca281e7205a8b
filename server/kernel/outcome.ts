import type { CallError } from '../../shared/kernel/ack.ts';
import { KERNEL_ERRORS, type KernelErrorCode } from '../../shared/kernel/errors.ts';
import type { Receipt } from '../../shared/kernel/receipt.ts';
import type { Sanction } from '../../shared/kernel/sanction.ts';

/**
 * What a handler returns. A refusal is a value that the caller is told of; an exception is a bug, or
 * the store being away (see `StoreError`).
 */
export type Refusal<Code extends string = string> = {
  ok: false;
  code: Code;
  retryAfterMs?: number;
  path?: string;
  message?: string;
  receipt?: Receipt;
  sanction?: Sanction;
};
export type Outcome<T, Code extends string = string> = { ok: true; data: T } | Refusal<Code>;

export function ok<T>(data: T): { ok: true; data: T } {
  return { ok: true, data };
}

export function refuse<const Code extends string>(
  code: Code,
  extra: Omit<Refusal, 'ok' | 'code'> = {},
): Refusal<Code> {
  return { ok: false, code, ...extra };
}

/** Redis did not do, or may not have done, what was asked. The only exception that is not a bug. */
export class StoreError extends Error {
  readonly code: Extract<KernelErrorCode, 'UNAVAILABLE' | 'OUTCOME_UNKNOWN'>;
  constructor(code: 'UNAVAILABLE' | 'OUTCOME_UNKNOWN', cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'StoreError';
    this.code = code;
  }
}

export function kernelError(
  code: KernelErrorCode,
  extra: Partial<Pick<CallError, 'message' | 'retryAfterMs' | 'path' | 'requestId'>> = {},
): CallError {
  return { code, ...KERNEL_ERRORS[code], ...extra };
}
