import { email } from './email.ts';
import type { Notifier } from './notifier.ts';

interface Where {
  readonly mailTopicArn: string;
}

/** Every channel that is told. */
export const notifiers = ({ mailTopicArn }: Where): readonly Notifier[] => [email(mailTopicArn)];
