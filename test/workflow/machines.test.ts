import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../../local/cloud.ts';
import { answer, completes, type Path, silent, throws } from './lines.ts';
import { removalEnvironmentPaths, removalPaths, removalPlanPaths } from './removal-paths.ts';
import { releasePaths } from './release-paths.ts';
import { stepPaths, testPaths } from './step-paths.ts';
import { type Script, Theatre } from './theatre.ts';

let cloud: Cloud;
let theatre: Theatre;
let stateDir: string;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'drawbridge-machines-'));
  // Waits of the machines pass a hundred times faster; time-outs do not.
  cloud = await startCloud({ stateDir, env: { SFN_WAIT_SCALE: '0.01' } });
  theatre = await new Theatre(cloud).open();
}, 90_000);

afterAll(async () => {
  theatre.close();
  await cloud.stop();
  await rm(stateDir, { recursive: true, force: true });
});

function walk(file: string, input: Record<string, unknown>, paths: readonly Path[]) {
  describe(file, () => {
    it.concurrent.each(paths)('$name', { timeout: 90_000 }, async ({ script, states, output, timeouts = {}, status = 'SUCCEEDED', closes }) => {
      const performance = await theatre.play(file, input, script, timeouts);
      expect(performance.states).toEqual(states);
      expect(performance.status).toBe(status);
      if (output !== undefined) expect(performance.output).toEqual(output);
      if (closes !== undefined) expect(performance.calls.find(({ name }) => name === 'close-target')?.event).toMatchObject(closes);
    });
  });
}

const settled = answer({ answer: 'settled' });
const target = { environment: 'dev', target: 'dev', attempt: '1-1' };

const compared: Script = { 'compare-templates': [answer({ answer: 'compared' })] };

walk('plan-target', target, [
  {
    name: 'a first look that is already settled plans in one task',
    script: { ...compared, 'open-change-set': [settled] },
    states: ['Take up target', 'Open change set', 'What is there?', 'Compare templates', 'Planned'],
  },
  {
    name: 'a change set that takes its time is looked at again',
    script: { ...compared, 'open-change-set': [answer({ answer: 'opened' })], 'look-at-change-set': [answer({ answer: 'settling' }), settled] },
    states: ['Take up target', 'Open change set', 'What is there?', 'Let it settle', 'Look at change set', 'Has it settled?', 'Let it settle', 'Look at change set', 'Has it settled?', 'Compare templates', 'Planned'],
  },
  {
    name: 'a busy stack is waited for, then planned',
    script: { ...compared, 'open-change-set': [answer({ answer: 'busy' }), settled], 'wait-for-stack': [completes({})] },
    states: ['Take up target', 'Open change set', 'What is there?', 'Wait for stack', 'Open change set', 'What is there?', 'Compare templates', 'Planned'],
  },
  {
    name: 'a busy stack whose final event is lost is looked at when the time is up',
    script: { ...compared, 'open-change-set': [answer({ answer: 'busy' }), settled], 'wait-for-stack': [silent] },
    timeouts: { 'Wait for stack': 1 },
    states: ['Take up target', 'Open change set', 'What is there?', 'Wait for stack', 'Open change set', 'What is there?', 'Compare templates', 'Planned'],
  },
  {
    name: 'a stack whose first creation failed is removed, then planned',
    script: { ...compared, 'open-change-set': [answer({ answer: 'remove-first' }), settled], 'remove-failed-stack': [completes({})] },
    states: ['Take up target', 'Open change set', 'What is there?', 'Remove failed stack', 'Open change set', 'What is there?', 'Compare templates', 'Planned'],
  },
  {
    name: 'a refusal in the target account is recorded, not a fault of ours',
    script: { ...compared, 'open-change-set': [throws('AccessDeniedError')], 'close-target': [answer({ outcome: 'failed' })] },
    states: ['Take up target', 'Open change set', 'Record failure', 'Planned'],
    output: { outcome: 'failed' },
  },
  {
    name: 'a throttled call is tried again',
    script: { ...compared, 'open-change-set': [throws('TransientError'), settled] },
    states: ['Take up target', 'Open change set', 'What is there?', 'Compare templates', 'Planned'],
  },
  {
    name: 'templates that cannot be kept fail the target, for nobody could judge it',
    script: { 'open-change-set': [settled], 'compare-templates': [throws('AccessDeniedError')], 'close-target': [answer({ outcome: 'failed' })] },
    states: ['Take up target', 'Open change set', 'What is there?', 'Compare templates', 'Record failure', 'Planned'],
  },
  {
    name: 'a bug of ours fails the execution, so that the alarm rings',
    script: { ...compared, 'open-change-set': [throws('ConfigurationError')] },
    states: ['Take up target', 'Open change set'],
    status: 'FAILED',
  },
]);

const taken = completes({ answer: 'taken', fence: 7 });
const deployed = { outcome: 'deployed', clean: true, stackStatus: 'CREATE_COMPLETE' };
const executed = ['Take up plan', 'Take lock', 'Is it ours?', 'Still the same?', 'May it be executed?', 'Execute'];

walk('execute-plan', target, [
  {
    name: 'takes the lock, checks, executes, and drops the lock',
    script: { 'take-lock': [taken], 'check-plan': [answer({ answer: 'execute' })], 'execute-change-set': [completes(deployed)], 'close-target': [answer({ outcome: 'deployed' })] },
    states: [...executed, 'Any steps?', 'Drop lock', 'Deployed'],
    output: { outcome: 'deployed' },
  },
  {
    name: 'a lock that somebody holds is asked for again when it is given back',
    script: { 'take-lock': [completes({ answer: 'again' }), taken], 'check-plan': [answer({ answer: 'close', outcome: 'frozen', reason: 'the sale', halted: true })], 'close-target': [answer({ outcome: 'frozen' })] },
    states: ['Take up plan', 'Take lock', 'Is it ours?', 'Take lock', 'Is it ours?', 'Still the same?', 'May it be executed?', 'Drop lock', 'Deployed'],
    output: { outcome: 'frozen' },
    closes: { outcome: 'frozen', reason: 'the sale', halted: true, clean: true },
  },
  {
    name: 'a lock whose holder died is taken when the time is up',
    script: { 'take-lock': [silent, taken], 'check-plan': [answer({ answer: 'close', outcome: 'stale' })], 'close-target': [answer({ outcome: 'stale' })] },
    timeouts: { 'Take lock': 1 },
    states: ['Take up plan', 'Take lock', 'Take lock', 'Is it ours?', 'Still the same?', 'May it be executed?', 'Drop lock', 'Deployed'],
    closes: { outcome: 'stale', reason: '', halted: false, clean: true },
  },
  {
    name: 'a lost final event costs a look, never a hang',
    script: {
      'take-lock': [taken],
      'check-plan': [answer({ answer: 'execute' })],
      'execute-change-set': [silent],
      'look-at-stack': [silent, completes({ outcome: 'failed', clean: false, stackStatus: 'UPDATE_ROLLBACK_FAILED', reason: 'why' })],
      'close-target': [answer({ outcome: 'failed' })],
    },
    timeouts: { Execute: 1, 'Look at stack': 1 },
    states: [...executed, 'Look at stack', 'Look at stack', 'Any steps?', 'Drop lock', 'Deployed'],
    output: { outcome: 'failed' },
  },
  {
    name: 'a refused execute drops the lock',
    script: { 'take-lock': [taken], 'check-plan': [answer({ answer: 'execute' })], 'execute-change-set': [throws('AccessDeniedError')], 'close-target': [answer({ outcome: 'failed' })] },
    states: [...executed, 'Drop lock after failure', 'Deployed'],
  },
  {
    name: 'a failed check drops the lock',
    script: { 'take-lock': [taken], 'check-plan': [throws('AccessDeniedError')], 'close-target': [answer({ outcome: 'failed' })] },
    states: ['Take up plan', 'Take lock', 'Is it ours?', 'Still the same?', 'Drop lock after failure', 'Deployed'],
  },
]);

const environment = { environment: 'prod', attempt: 1 };
const listed = answer({ answer: 'plan', targets: ['one', 'two'] });
const planned: Script = { 'take-up-environment': [listed], 'plan-target-machine': [answer({})], 'execute-plan-machine': [answer({})], 'discard-plan': [answer({ answer: 'discarded' })] };
const judged = ['Take up environment', 'List targets', 'May it go on?', 'Plan targets', 'Judge plans', 'Who decides?'];
const waves: Script = { 'choose-next-wave': [answer({ answer: 'wave', targets: ['one'] }), answer({ answer: 'wave', targets: ['two'] }), answer({ answer: 'done', targets: [] })] };
const wave = ['Choose next wave', 'Anything left?', 'Execute wave'];
const discarded = ['Discard plans', 'Report environment', 'Environment ended'];
const asks = answer({ answer: 'ask', expiresInSeconds: 60, remindInSeconds: 45 });
const ends = (outcome: string): Script => ({ 'report-environment': [answer({ outcome })] });

walk('deploy-environment', environment, [
  {
    name: 'plans every target, then executes wave after wave',
    script: { ...planned, ...waves, ...ends('deployed'), 'judge-plans': [answer({ answer: 'go' })] },
    states: [...judged, ...wave, ...wave, 'Choose next wave', 'Anything left?', ...discarded],
    output: { outcome: 'deployed' },
  },
  {
    name: 'nothing to change asks nobody',
    script: { ...planned, ...ends('no-changes'), 'judge-plans': [answer({ answer: 'nothing' })] },
    states: [...judged, ...discarded],
    output: { outcome: 'no-changes' },
  },
  {
    name: 'a target that nothing was released to is looked at first',
    script: { ...planned, ...waves, ...ends('deployed'), 'judge-plans': [answer({ answer: 'go' })], 'take-up-environment': [answer({ answer: 'examine', targets: ['one', 'two'], places: [{ account: '222222222222', region: 'eu-west-1', externalId: 'x' }] })], 'examine-targets': [answer({ findings: [] })] },
    states: [...judged.slice(0, 3), 'Examine targets', ...judged.slice(3), ...wave, ...wave, 'Choose next wave', 'Anything left?', ...discarded],
    output: { outcome: 'deployed' },
  },
  {
    name: 'a target in which something is missing is not planned',
    script: { ...planned, ...ends('failed'), 'take-up-environment': [answer({ answer: 'examine', targets: ['one'], places: [] })], 'examine-targets': [throws('DeploymentFailedError')] },
    states: [...judged.slice(0, 3), 'Examine targets', 'Report failure', 'Environment ended'],
    output: { outcome: 'failed' },
  },
  {
    name: 'an environment that may not be used now is not planned',
    script: { ...ends('superseded'), 'take-up-environment': [answer({ answer: 'closed', targets: [] })] },
    states: ['Take up environment', 'List targets', 'May it go on?', 'Report environment', 'Environment ended'],
    output: { outcome: 'superseded' },
  },
  {
    name: 'a yes goes on',
    script: { ...planned, ...ends('deployed'), 'judge-plans': [asks], 'ask-for-approval': [completes({ answer: 'approved' })], 'choose-next-wave': [answer({ answer: 'done', targets: [] })] },
    states: [...judged, 'Ask for approval', 'What did they say?', 'Choose next wave', 'Anything left?', ...discarded],
  },
  {
    name: 'a no discards the plans',
    script: { ...planned, ...ends('rejected'), 'judge-plans': [asks], 'ask-for-approval': [completes({ answer: 'rejected' })] },
    states: [...judged, 'Ask for approval', 'What did they say?', ...discarded],
    output: { outcome: 'rejected' },
  },
  {
    name: 'no answer in time is asked of the record, which may know a yes of the last second',
    script: { ...planned, ...ends('deployed'), 'judge-plans': [answer({ answer: 'ask', expiresInSeconds: 2, remindInSeconds: 1 })], 'ask-for-approval': [silent], 'remind-approvers': [silent], 'close-approval': [answer({ answer: 'approved' })], 'choose-next-wave': [answer({ answer: 'done', targets: [] })] },
    states: [...judged, 'Ask for approval', 'Remind approvers', 'Close approval', 'What did they say?', 'Choose next wave', 'Anything left?', ...discarded],
  },
  {
    name: 'no answer at all expires and discards',
    script: { ...planned, ...ends('expired'), 'judge-plans': [answer({ answer: 'ask', expiresInSeconds: 2, remindInSeconds: 1 })], 'ask-for-approval': [silent], 'remind-approvers': [silent], 'close-approval': [answer({ answer: 'expired' })] },
    states: [...judged, 'Ask for approval', 'Remind approvers', 'Close approval', 'What did they say?', ...discarded],
    output: { outcome: 'expired' },
  },
  {
    name: 'a yes after the reminder goes on',
    script: { ...planned, ...ends('deployed'), 'judge-plans': [answer({ answer: 'ask', expiresInSeconds: 60, remindInSeconds: 1 })], 'ask-for-approval': [silent], 'remind-approvers': [completes({ answer: 'approved' })], 'choose-next-wave': [answer({ answer: 'done', targets: [] })] },
    states: [...judged, 'Ask for approval', 'Remind approvers', 'What did they say?', 'Choose next wave', 'Anything left?', ...discarded],
  },
  {
    name: 'what the rules refuse is discarded without a question',
    script: { ...planned, ...ends('rejected'), 'judge-plans': [answer({ answer: 'refused' })] },
    states: [...judged, ...discarded],
    output: { outcome: 'rejected' },
  },
  {
    name: 'what went stale is planned again',
    script: { ...planned, ...ends('deployed'), 'judge-plans': [answer({ answer: 'go' })], 'choose-next-wave': [answer({ answer: 'replan', targets: [] }), answer({ answer: 'done', targets: [] })] },
    states: [...judged, 'Choose next wave', 'Anything left?', 'Plan targets', 'Judge plans', 'Who decides?', 'Choose next wave', 'Anything left?', ...discarded],
  },
  {
    name: 'a target that cannot be cleaned up does not hide the outcome',
    script: { ...planned, ...ends('failed'), 'judge-plans': [answer({ answer: 'failed' })], 'discard-plan': [throws('AccessDeniedError')] },
    states: [...judged, 'Discard plans', 'Report environment', 'Environment ended'],
    output: { outcome: 'failed' },
  },
]);

walk('execute-plan', target, stepPaths);
walk('deploy-environment', environment, testPaths);
walk('deploy-release', { attempt: 1 }, releasePaths);
walk('remove-target', target, removalPaths);
walk('plan-target', target, removalPlanPaths);
walk('deploy-environment', environment, removalEnvironmentPaths);
