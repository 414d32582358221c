import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransientError } from '../domain/errors.ts';

/**
 * Why each action of a cancelled transaction was refused, in order.
 * @throws TransientError when another write was in the way, and the error itself when it is of another kind
 */
export function cancellations(error: unknown): string[] {
  if (!(error instanceof TransactionCanceledException)) throw error;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
  const busy = codes.find((code) => code === 'TransactionConflict' || code === 'ThrottlingError' || code === 'ProvisionedThroughputExceeded');
  if (busy !== undefined) throw new TransientError(`Writing to the table: ${busy}. It is tried again.`, { cause: error });
  if (!codes.includes('ConditionalCheckFailed')) throw error;
  return codes;
}
