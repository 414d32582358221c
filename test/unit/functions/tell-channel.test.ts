import { beforeEach, describe, expect, it } from 'vitest';
import { SlackLimitError } from '../../../aws/slack.ts';
import type { Report } from '../../../contracts/report.ts';
import { ConfigurationError, TransientError } from '../../../domain/errors.ts';
import { pauseAfter, tellChannel } from '../../../functions/tell-channel/handler.ts';
import type { Means } from '../../../notifiers/list.ts';
import type { Notifier } from '../../../notifiers/notifier.ts';
import { ApprovalWorld } from '../../fakes/approval-world.ts';
import { Outside } from '../../fakes/channels.ts';
import { anApproval } from '../../fakes/samples.ts';

const report: Report = { kind: 'waiting', about: 'environment', release: anApproval().release, application: 'orders', environment: 'dev', approval: anApproval().id, text: 'dev waits.' };

let told: string[];
let trouble: Map<string, Error>;
let postponed: { receipt: string; seconds: number }[];

beforeEach(() => {
  told = [];
  trouble = new Map();
  postponed = [];
});

const channel = (name: string): Notifier<Means> => ({
  name,
  wants: () => true,
  tell: (_, { text }) => {
    const error = trouble.get(name);
    if (error !== undefined) return Promise.reject(error);
    told.push(`${name}: ${text}`);
    return Promise.resolve();
  },
});
const uses = {
  notifiers: [channel('email'), channel('slack')],
  means: () => new Outside().means(new ApprovalWorld()),
  postpone: (receipt: string, seconds: number) => Promise.resolve(void postponed.push({ receipt, seconds })),
};
const message = (name: string, tries = 1, body: unknown = { channel: name, report }) => ({ Records: [{ body: typeof body === 'string' ? body : JSON.stringify(body), receiptHandle: `receipt-of-${name}`, attributes: { ApproximateReceiveCount: tries } }] });

describe('a message for a channel', () => {
  it('is told there and nowhere else', async () => {
    await tellChannel(uses, message('slack'));
    expect(told).toEqual(['slack: dev waits.']);
    expect(postponed).toEqual([]);
  });

  it('about an environment is told as such', async () => {
    const ofEnvironment: Notifier<Means> = { ...channel('slack'), tellOfEnvironment: (_, { environment, kind }) => Promise.resolve(void told.push(`${environment} ${kind}`)) };
    const halted = { kind: 'halted', about: 'environment', environment: 'dev', at: '2026-01-01T00:00:00.000Z', text: 'dev is halted.' };
    await tellChannel({ ...uses, notifiers: [ofEnvironment] }, message('slack', 1, { channel: 'slack', report: halted }));
    expect(told).toEqual(['dev halted']);
  });

  it('of a channel that is down is postponed, and keeps no other channel waiting', async () => {
    trouble.set('slack', new TransientError('Slack answered 503.'));
    await expect(tellChannel(uses, message('slack'))).rejects.toThrow('Slack answered 503.');
    await tellChannel(uses, message('email'));
    expect(told).toEqual(['email: dev waits.']);
    expect(postponed).toEqual([{ receipt: 'receipt-of-slack', seconds: 2 }]);
    trouble.clear();
    await tellChannel(uses, message('slack', 2));
    expect(told).toContain('slack: dev waits.');
  });

  it('is tried less and less often', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100].map(pauseAfter)).toEqual([2, 2, 5, 10, 20, 40, 60, 120, 300, 300, 300]);
  });

  it.each([[new ConfigurationError('Invite the app.'), 10], [new Error('anything'), 10]])('is postponed whatever the trouble is (%s)', async (error, seconds) => {
    trouble.set('slack', error);
    await expect(tellChannel(uses, message('slack', 3))).rejects.toBe(error);
    expect(postponed).toEqual([{ receipt: 'receipt-of-slack', seconds }]);
  });

  it.each([[30, 30], [0, 1], [0.2, 1], [3600, 3600]])('is told again when Slack asks it to be: %d s', async (asked, seconds) => {
    trouble.set('slack', new SlackLimitError('Slack asks to wait.', asked));
    await expect(tellChannel(uses, message('slack', 8))).rejects.toMatchObject({ name: 'TransientError' });
    expect(postponed).toEqual([{ receipt: 'receipt-of-slack', seconds }]);
  });

  it('is postponed too when what it needs cannot even be made', async () => {
    const means = () => {
      throw new ConfigurationError('MAIL_TOPIC_ARN is missing.');
    };
    await expect(tellChannel({ ...uses, means }, message('slack'))).rejects.toThrow('MAIL_TOPIC_ARN');
    expect(postponed).toHaveLength(1);
  });
});

describe('a message that nobody can tell', () => {
  it.each([
    ['for a channel that there is not', message('pager'), 'there is no such channel'],
    ['without a channel', message('slack', 1, { report }), 'channel'],
    ['about something else', message('slack', 1, { channel: 'slack', report: { ...report, kind: 'party' } }), 'kind'],
    ['that is no JSON', message('slack', 1, '{'), 'JSON'],
  ])('%s is an error, for the dead-letter queue', async (_, event, sentence) => {
    await expect(tellChannel(uses, event)).rejects.toThrow(sentence);
    expect(told).toEqual([]);
  });
});
