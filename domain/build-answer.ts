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

interface Failed {
  readonly id: string;
  readonly status: string;
  readonly trouble: string | undefined;
  readonly logs: string | undefined;
}

/**
 * Why a build failed, in one sentence.
 * @param words of the build itself, from the end of its log
 */
export const buildReason = ({ id, status, trouble, logs }: Failed, words?: string): string =>
  [
    `Building: ${id} ended as ${status}${trouble === undefined ? '' : ` in ${trouble}`}`,
    ...(words === undefined ? [] : [`it said: ${words}`]),
    logs === undefined ? 'its log says more' : `log: ${logs}`,
  ].join('; ');
