import type { Outcome } from '../contracts/outcome.ts';
import type { CaughtError } from '../contracts/tasks.ts';

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** The sentence of a caught error: Lambda packs the message into JSON, Step Functions hands on plain text. */
export const sentenceOf = (error: CaughtError): string => capital(messageOf(error));

function messageOf({ Error: name, Cause: cause }: CaughtError): string {
  if (cause === undefined || cause === '') return name;
  try {
    const parsed: unknown = JSON.parse(cause);
    if (typeof parsed === 'object' && parsed !== null && 'errorMessage' in parsed && typeof parsed.errorMessage === 'string') return parsed.errorMessage;
  } catch {
    // Plain text.
  }
  return cause;
}

/** How a target ends that an error stopped. */
export function outcomeOf({ Error: name }: CaughtError): Outcome {
  return name === 'StalePlanError' ? 'stale' : 'failed';
}
