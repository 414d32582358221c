import { describe, expect, it } from 'vitest';
import { Plan } from '../../../contracts/plan.ts';
import { makePlan, type DescribedChangeSet } from '../../../domain/plan.ts';
import { countSentence, verdictSentence } from '../../../domain/plan-sentence.ts';
import { aChange, aRelease, aTarget } from '../../fakes/samples.ts';

const described = (fields: Partial<DescribedChangeSet> = {}): DescribedChangeSet => ({
  arn: 'arn:set', stackArn: 'arn:stack', status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE', reason: undefined, parameters: { Size: '1', Password: 'hunter2' }, tags: {}, capabilities: [], changes: [aChange()], nested: [], ...fields,
});
const plan = (fields: Partial<DescribedChangeSet> = {}, noEcho: string[] = ['Password']) =>
  makePlan({ release: aRelease(), templateSha256: 'e'.repeat(64), noEcho, environment: 'dev', target: aTarget(), attempt: '1-1', operation: 'UPDATE' }, described(fields));

describe('a plan', () => {
  it('is one that can be kept', () => {
    expect(Plan.parse(plan())).toEqual(plan());
  });

  it('never holds a value that CloudFormation calls NoEcho, whoever shows it', () => {
    expect(plan().parameters).toEqual({ Size: '1', Password: '****' });
    expect(JSON.stringify(plan())).not.toContain('hunter2');
    expect(plan().digest).toBe(plan({ parameters: { Size: '1', Password: '****' } }).digest);
  });

  it('says what CloudFormation says of drift, and has another digest where a resource drifted', () => {
    expect(plan({ drift: 'DRIFTED' })).toMatchObject({ drift: 'DRIFTED' });
    expect(plan()).not.toHaveProperty('drift');
    expect(plan({ changes: [aChange({ drift: 'MODIFIED' })] }).digest).not.toBe(plan().digest);
  });
});

describe('the sentence', () => {
  it.each([
    [{ add: 1, modify: 2, replace: 3, mayReplace: 4, remove: 5 }, '1 added, 2 changed, 3 replaced, 4 perhaps replaced, 5 deleted'],
    [{ add: 0, modify: 0, replace: 0, mayReplace: 1, remove: 0 }, '1 perhaps replaced'],
    [{ add: 0, modify: 0, replace: 0, mayReplace: 0, remove: 0 }, 'only outputs change'],
  ])('of %j is "%s"', (counts, sentence) => {
    expect(countSentence(counts)).toBe(sentence);
  });

  it.each([
    ['skip', 'Nobody needs to be asked. It deletes.'],
    ['auto', 'The risk rules let it pass without a person.'],
    ['one', 'A person must say yes. It deletes.'],
    ['two', 'Two people must say yes. It deletes.'],
    ['refuse', 'The risk rules refuse it. It deletes.'],
  ] as const)('of the verdict %s is "%s"', (verdict, sentence) => {
    expect(verdictSentence({ verdict, because: ['It deletes.', 'It adds.'] })).toBe(sentence);
  });
});
