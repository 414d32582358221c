/** `<application>-<sequence>-<first 8 of the commit>`: says what it is, and a commit released again has another. */
export const releaseId = (application: string, sequence: number, commit: string): string => `${application}-${String(sequence)}-${commit.slice(0, 8)}`;

/** The number in a release's id. */
export const sequenceOf = (id: string): number => Number(/-(\d+)-[0-9a-f]{8}$/.exec(id)?.[1] ?? 0);

/** The application that a release's id begins with. */
export const applicationOf = (id: string): string => id.replace(/-\d+-[0-9a-f]{8}$/, '');

/** Name of the execution; at most 80 characters, of which CloudWatch understands `0-9A-Za-z-_` (Step Functions API: StartExecution). */
export const executionName = (release: string, attempt: number): string => `${release}-${String(attempt)}`;

/** Of the machine that takes a release through one of its environments, as `deploy-release` names it. */
export const nestedExecutionName = (release: string, environment: string, attempt: number | string): string => `${release}-${environment}-${String(attempt)}`;

/** The ARN that an execution of a machine has by its name. */
export const executionArn = (machineArn: string, name: string): string => `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;

/** Branches that `drawbridge plan` makes and deletes; nothing of theirs is ever deployed. */
export const planBranchPrefix = 'drawbridge-plan/';
