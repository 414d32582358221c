import { sendMail } from '../aws/mail.ts';
import { subjectOf } from '../domain/mail.ts';
import type { Notifier } from './notifier.ts';

/** Notices by mail: how releases and environments ended. Questions to approvers are sent where they are asked, for their links are personal. */
export const email = (topicArn: string): Notifier => ({
  name: 'email',
  wants: ({ kind, about }) => about !== 'target' && (kind === 'ended' || kind === 'rejected' || kind === 'expired' || kind === 'superseded'),
  tell: async ({ application, environment, release, outcome, kind, text }) => {
    const subject = subjectOf([application, environment, outcome ?? kind].filter((part) => part !== undefined).join(' '));
    await sendMail(topicArn, { to: 'everyone', subject, text: `${text}\n\nThe whole story: drawbridge show ${release}` });
  },
});
