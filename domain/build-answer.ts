/** What each status of a build means (CodeBuild API: StatusType). */
export const buildAnswers = {
  SUCCEEDED: 'built',
  FAILED: 'failed',
  FAULT: 'failed',
  TIMED_OUT: 'failed',
  STOPPED: 'failed',
  IN_PROGRESS: undefined,
} as const satisfies Record<string, 'built' | 'failed' | undefined>;

/** @returns `undefined` while the build goes on */
export const buildAnswer = (status: string): 'built' | 'failed' | undefined => (status in buildAnswers ? buildAnswers[status as keyof typeof buildAnswers] : 'failed');

export const buildOperation = (release: string, attempt: number): string => `build:${release}#${String(attempt)}`;

/** Whether a build was started for this try at its release; an earlier try's is another build. */
export const isOfAttempt = ({ variables }: { readonly variables: Readonly<Record<string, string>> }, attempt: number): boolean => variables['DRAWBRIDGE_ATTEMPT'] === String(attempt);

interface Failed {
  readonly id: string;
  readonly status: string;
  /** `PHASE: words`, where the words of CodeBuild are the whole command that failed and its exit status. */
  readonly trouble: string | undefined;
  readonly logs: string | undefined;
}

/**
 * Why a build failed, in one sentence.
 * @param words of the build itself, from the end of its log: they say more than the command that failed
 */
export function buildReason({ id, status, trouble, logs }: Failed, words?: string): string {
  const where = trouble === undefined ? '' : ` in ${words === undefined ? trouble.replaceAll(/\s+/g, ' ').replace(/[.: ]+$/, '') : trouble.replace(/:.*$/s, '')}`;
  const why = words === undefined ? '' : `: ${words.replace(/\.+$/, '')}`;
  return `Building: ${id} ended as ${status}${where}${why}. ${logs === undefined ? 'Its log says more.' : `Log: ${logs}`}`;
}
