import { AccessDeniedError, TransientError } from '../domain/errors.ts';

const throttles = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'ProvisionedThroughputExceededException',
  'SlowDown',
  'TransactionConflictException',
]);
const refusals = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'Forbidden']);

interface AwsError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** True for an answer that says the service was busy or broken, not that the request was wrong. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status = (error as AwsError).$metadata?.httpStatusCode;
  return throttles.has(error.name) || error.name === 'TimeoutError' || (status !== undefined && status >= 500) || 'code' in error && error.code === 'ECONNRESET';
}

export function isNamed(error: unknown, ...names: readonly string[]): error is Error {
  return error instanceof Error && names.includes(error.name);
}

/**
 * Runs one call and turns what the SDK throws into our errors; what is neither busy nor refused
 * goes on as it is, for the caller knows what it means.
 * @param doing what is being done, as a phrase: `opening a change set on orders-dev in 222222222222`
 */
export async function calling<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (isTransient(error)) throw new TransientError(`${doing}: ${why}. It is tried again.`, { cause: error });
    if (error instanceof Error && refusals.has(error.name)) {
      throw new AccessDeniedError(`${doing}: ${why}. Check the role's policy and the trust between the accounts.`, { cause: error });
    }
    throw error;
  }
}

/**
 * Makes one conditional write.
 * @returns `false` when the condition does not hold: somebody else was there first
 */
export async function unlessRefused(doing: string, write: () => Promise<unknown>): Promise<boolean> {
  try {
    await calling(doing, write);
    return true;
  } catch (error) {
    if (isNamed(error, 'ConditionalCheckFailedException')) return false;
    throw error;
  }
}
