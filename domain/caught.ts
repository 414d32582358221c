import type { Outcome } from '../contracts/outcome.ts';
import type { CaughtError } from '../contracts/tasks.ts';

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** The sentence of a caught error: Lambda packs the message into JSON, Step Functions hands on plain text. */
export const sentenceOf = (error: CaughtError): string => capital(messageOf(error));

function messageOf({ Error: name, Cause: cause }: CaughtError): string {
  if (cause === undefined || cause === '') return name;
  const parsed = parsedCause(cause);
  if (typeof parsed?.['errorMessage'] === 'string') return parsed['errorMessage'];
  return parsed?.['ExecutionArn'] === undefined ? cause : faultOf(parsed);
}

function parsedCause(cause: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(cause);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined;
  } catch {
    // Plain text, or a story that was cut.
    return undefined;
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Of a nested execution the cause is its description, and that of the one inside it again (Step Functions Developer Guide, "Start workflow executions from a task state"). */
function faultOf({ Name, Status, Error: error, Cause: cause }: Readonly<Record<string, unknown>>): string {
  const inner = parsedCause(textOf(cause));
  if (inner?.['ExecutionArn'] !== undefined) return faultOf(inner);
  const why = [textOf(error), textOf(cause) === '' ? '' : messageOf({ Error: '', Cause: textOf(cause) })].filter((part) => part !== '').join(': ');
  return `the control plane failed, which is its own fault and not the release’s: the execution ${textOf(Name)} ended as ${textOf(Status)}${why === '' ? '' : ` with ${why}`}. Retry the release.`;
}

/** How a target ends that an error stopped. */
export function outcomeOf({ Error: name }: CaughtError): Outcome {
  return name === 'StalePlanError' ? 'stale' : 'failed';
}
