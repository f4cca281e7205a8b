import { commandSpecs } from '../../shared/protocol.ts';
import type { Validate } from './types.ts';

/** Checks inputs against the contracts. Carries zod: import it in tests and development only. */
export const validateWithContracts: Validate = (name, input) => {
  const spec = commandSpecs.get(name);
  if (spec === undefined) return { path: '', message: `unknown command ${name}` };
  const issue = spec.input.safeParse(input).error?.issues[0];
  return issue === undefined ? null : { path: issue.path.join('.'), message: issue.message };
};
