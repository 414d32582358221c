import { codeCommit } from './code-commit.ts';
import { email } from './email.ts';
import type { Notifier } from './notifier.ts';
import { slack } from './slack.ts';
import { topic } from './topic.ts';

/** Everything that the channels use together. */
export type Means = Parameters<typeof email.tell>[0] & Parameters<typeof topic.tell>[0] & Parameters<typeof slack.tell>[0] & Parameters<typeof codeCommit.tell>[0];

/** Every channel that is told. */
export const notifiers: readonly Notifier<Means>[] = [email, topic, slack, codeCommit];
