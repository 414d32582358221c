import { describe, expect, it } from 'vitest';
import type { AnyReport, Report } from '../../../contracts/report.ts';
import { TransientError } from '../../../domain/errors.ts';
import { sendNotices } from '../../../functions/send-notices/handler.ts';
import { notifiers } from '../../../notifiers/list.ts';
import { anApproval } from '../../fakes/samples.ts';

const report: Report = { kind: 'waiting', about: 'environment', release: anApproval().release, application: 'orders', environment: 'dev', approval: anApproval().id, text: 'dev waits.' };

describe('a report', () => {
  const queued = async (fields: Partial<Report>) => await queuedAs({ ...report, ...fields });
  const queuedAs = async (detail: AnyReport) => {
    const sent: { queue: string; channel: string; event: string; detail: AnyReport }[] = [];
    await sendNotices({ queueFor: (queue, name, event, it) => Promise.resolve(void sent.push({ queue, channel: name, event, detail: it })) }, 'queue', { id: 'event-1', source: 'drawbridge', 'detail-type': 'Drawbridge Report', detail });
    return sent;
  };

  it('is queued once for each channel that wants it, as it is, under the event’s own id', async () => {
    const sent = await queued({});
    expect(sent.map((it) => it.channel).toSorted()).toEqual(notifiers.map(({ name }) => name).toSorted());
    for (const it of sent) expect(it).toMatchObject({ queue: 'queue', event: 'event-1', detail: report });
  });

  it('that only some want is queued for those, and what nobody wants for nobody', async () => {
    expect((await queued({ kind: 'executing' })).map((it) => it.channel)).not.toContain('email');
    expect((await queued({ kind: 'reminder' })).map((it) => it.channel)).not.toContain('code-commit');
    expect(await queued({ kind: 'planned' })).toEqual([]);
    expect(await queued({ kind: 'ended', about: 'target' })).toEqual([]);
  });

  it('on an environment is queued for the channels that tell of environments', async () => {
    const sent = await queuedAs({ kind: 'halted', about: 'environment', environment: 'dev', at: '2026-01-01T00:00:00.000Z', text: 'dev is halted by alex: the sale' });
    expect(sent.map((it) => it.channel)).toEqual(['email', 'topic', 'slack']);
  });

  it('that cannot be queued for one channel is an error, so that the event comes again', async () => {
    const queueFor = (_: string, name: string) => (name === 'slack' ? Promise.reject(new TransientError('busy')) : Promise.resolve());
    await expect(sendNotices({ queueFor }, 'queue', { id: 'event-1', source: 'drawbridge', 'detail-type': 'Drawbridge Report', detail: report })).rejects.toThrow('busy');
  });
});
