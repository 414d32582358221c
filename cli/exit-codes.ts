import { DoorError } from '../aws/door-client.ts';
import { AccessDeniedError, ConfigurationError, InvalidInputError, NotFoundError } from '../domain/errors.ts';

/** What the command's exit code says. Documented in docs/cli.md. */
export const exitCodes = {
  ok: 0,
  /** The release ended in another way than deployed, no-changes, planned or removed. */
  badOutcome: 1,
  /** The doctor found something to mend. */
  unhealthy: 1,
  /** Wrong usage, or a file or answer that is not valid. */
  input: 2,
  notAllowed: 3,
  notFound: 4,
  /** The control plane could not be found or reached. */
  unreachable: 5,
  fault: 6,
  /** Something is left to do before the command can go on; it was said what. */
  unfinished: 7,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const ofKind: Readonly<Record<string, ExitCode>> = {
  InvalidInputError: exitCodes.input,
  AccessDeniedError: exitCodes.notAllowed,
  NotFoundError: exitCodes.notFound,
  ConfigurationError: exitCodes.input,
  TransientError: exitCodes.unreachable,
};

/** The code for whatever stopped a command. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof DoorError) return ofKind[error.kind] ?? (error.status === 403 ? exitCodes.notAllowed : exitCodes.fault);
  if (error instanceof InvalidInputError) return exitCodes.input;
  if (error instanceof AccessDeniedError) return exitCodes.notAllowed;
  if (error instanceof NotFoundError) return exitCodes.notFound;
  if (error instanceof ConfigurationError) return exitCodes.unreachable;
  return error instanceof Error && 'code' in error ? exitCodes.unreachable : exitCodes.fault;
}

export const outcomeCode = (outcome: string | undefined): ExitCode => (outcome === 'deployed' || outcome === 'no-changes' || outcome === 'planned' || outcome === 'removed' ? exitCodes.ok : exitCodes.badOutcome);
