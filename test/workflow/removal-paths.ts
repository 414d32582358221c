import { answer, completes, type Path, silent, throws } from './lines.ts';
import type { Script } from './theatre.ts';

const taken = completes({ answer: 'taken', fence: 7 });
const removed = { outcome: 'removed', clean: true, stackStatus: 'DELETE_COMPLETE' };
const refused = (again: boolean) => ({ outcome: 'failed', clean: false, stackStatus: 'DELETE_FAILED', reason: 'resource sg-1 has a dependent object', ...(again ? { again } : {}) });
const checked: Script = { 'take-lock': [taken], 'check-removal': [answer({ answer: 'remove' })], 'empty-stack': [answer({ answer: 'empty' })] };
const ends = (outcome: string): Script => ({ 'close-target': [answer({ outcome })] });
const locked = ['Take up target', 'Take lock', 'Is it ours?', 'Still the same?', 'May it be removed?'];
const emptied = ['Empty what the stack owns', 'Is it empty?'];
const deleted = ['Delete stack', 'Is it gone?'];
const dropped = ['Drop lock', 'Removed'];
const again = ['Still the same?', 'May it be removed?'];

/** Ways through the machine that removes one target. */
export const removalPaths: readonly Path[] = [
  {
    name: 'takes the lock, checks, empties, deletes, and drops the lock',
    script: { ...checked, ...ends('removed'), 'delete-stack': [completes(removed)] },
    states: [...locked, ...emptied, ...deleted, ...dropped],
    output: { outcome: 'removed' },
  },
  {
    name: 'what holds a lot is emptied part by part',
    script: { ...checked, ...ends('removed'), 'empty-stack': [answer({ answer: 'more' }), answer({ answer: 'more' }), answer({ answer: 'emptied' })], 'delete-stack': [completes(removed)] },
    states: [...locked, ...emptied, ...emptied, ...emptied, ...again, ...deleted, ...dropped],
  },
  {
    name: 'what somebody changed while it was emptied is not deleted, and it is said that something is gone',
    script: { ...checked, ...ends('stale'), 'empty-stack': [answer({ answer: 'emptied' })], 'check-removal': [answer({ answer: 'remove' }), answer({ answer: 'busy' }), answer({ answer: 'close', outcome: 'stale', reason: 'other' })], 'wait-for-stack': [completes({})] },
    states: [...locked, ...emptied, ...again, 'Wait for stack', ...again, ...dropped],
    closes: { outcome: 'stale', clean: false },
    output: { outcome: 'stale' },
  },
  {
    name: 'a stack that somebody moves when it is to be deleted is planned again',
    script: { ...checked, ...ends('stale'), 'delete-stack': [throws('StalePlanError')] },
    states: [...locked, ...emptied, 'Delete stack', 'Drop lock after failure', 'Removed'],
    output: { outcome: 'stale' },
  },
  {
    name: 'what needs time is tried again after a while, emptied once more before it',
    script: { ...checked, ...ends('removed'), 'empty-stack': [answer({ answer: 'empty' }), answer({ answer: 'emptied' })], 'delete-stack': [completes(refused(true)), completes(refused(true)), completes(removed)] },
    states: [...locked, ...emptied, ...deleted, 'Give it time', ...emptied, ...deleted, 'Give it time', ...emptied, ...deleted, ...dropped],
    output: { outcome: 'removed' },
  },
  {
    name: 'what AWS refuses for good ends there',
    script: { ...checked, ...ends('failed'), 'delete-stack': [completes(refused(false))] },
    states: [...locked, ...emptied, ...deleted, ...dropped],
    output: { outcome: 'failed' },
  },
  {
    name: 'what never goes by itself is given up after some tries',
    script: { ...checked, ...ends('failed'), 'delete-stack': [completes(refused(true))] },
    states: [...locked, ...Array.from({ length: 6 }, () => [...emptied, ...deleted, 'Give it time']).flat(), ...emptied, ...deleted, ...dropped],
    output: { outcome: 'failed' },
  },
  {
    name: 'a lost final event costs a look, never a hang',
    script: { ...checked, ...ends('removed'), 'delete-stack': [silent], 'look-at-stack': [silent, completes(removed)] },
    timeouts: { 'Delete stack': 1, 'Look at stack': 1 },
    states: [...locked, ...emptied, 'Delete stack', 'Look at stack', 'Look at stack', 'Is it gone?', ...dropped],
    output: { outcome: 'removed' },
  },
  {
    name: 'a stack that somebody moves is waited for, and looked at anew',
    script: { ...checked, ...ends('removed'), 'check-removal': [answer({ answer: 'busy' }), answer({ answer: 'busy' }), answer({ answer: 'close', outcome: 'removed', reason: 'gone already' })], 'wait-for-stack': [silent, completes({})] },
    timeouts: { 'Wait for stack': 1 },
    states: [...locked, 'Wait for stack', ...locked.slice(3), 'Wait for stack', ...locked.slice(3), ...dropped],
  },
  {
    name: 'what may not be removed now is not touched',
    script: { ...checked, ...ends('frozen'), 'check-removal': [answer({ answer: 'close', outcome: 'frozen', reason: 'the sale', halted: true })] },
    states: [...locked, ...dropped],
    output: { outcome: 'frozen' },
    closes: { outcome: 'frozen', reason: 'the sale', halted: true, clean: true },
  },
  {
    name: 'a store that may not be emptied drops the lock, and nothing is deleted',
    script: { ...checked, ...ends('failed'), 'empty-stack': [throws('DeploymentFailedError')] },
    states: [...locked, 'Empty what the stack owns', 'Drop lock after failure', 'Removed'],
    output: { outcome: 'failed' },
  },
  {
    name: 'a function that dies in the middle of emptying begins it again',
    script: { ...checked, ...ends('removed'), 'empty-stack': [throws('Runtime.ExitError'), answer({ answer: 'empty' })], 'delete-stack': [throws('Sandbox.Timedout'), completes(removed)] },
    states: [...locked, ...emptied, ...deleted, ...dropped],
    output: { outcome: 'removed' },
  },
  {
    name: 'a bug of ours fails the execution, so that the alarm rings',
    script: { ...checked, 'empty-stack': [throws('ConfigurationError')] },
    states: [...locked, 'Empty what the stack owns'],
    status: 'FAILED',
  },
];

/** A target that is to be removed, on its way through the machine that plans. */
export const removalPlanPaths: readonly Path[] = [
  {
    name: 'a removal is planned by what the stack owns',
    script: { 'open-change-set': [answer({ answer: 'removal' })], 'plan-removal': [answer({ answer: 'planned' })] },
    states: ['Take up target', 'Open change set', 'What is there?', 'Plan removal', 'Is the stack free?', 'Planned'],
  },
  {
    name: 'a removal of a stack that moves waits for it',
    script: { 'open-change-set': [answer({ answer: 'removal' })], 'plan-removal': [answer({ answer: 'busy' }), answer({ answer: 'planned' })], 'wait-for-stack': [completes({})] },
    states: ['Take up target', 'Open change set', 'What is there?', 'Plan removal', 'Is the stack free?', 'Wait for stack', 'Open change set', 'What is there?', 'Plan removal', 'Is the stack free?', 'Planned'],
  },
];

/** An environment that is removed: its last wave first. */
export const removalEnvironmentPaths: readonly Path[] = [
  {
    name: 'what is removed goes wave by wave through a machine of its own, after a yes',
    script: {
      'take-up-environment': [answer({ answer: 'plan', targets: ['one', 'two'] })],
      'plan-target-machine': [answer({})],
      'remove-target-machine': [answer({})],
      'discard-plan': [answer({ answer: 'discarded' })],
      'judge-plans': [answer({ answer: 'ask', expiresInSeconds: 60, remindInSeconds: 45 })],
      'ask-for-approval': [completes({ answer: 'approved' })],
      'choose-next-wave': [answer({ answer: 'remove', targets: ['two'] }), answer({ answer: 'remove', targets: ['one'] }), answer({ answer: 'done', targets: [] })],
      'report-environment': [answer({ outcome: 'removed' })],
    },
    states: ['Take up environment', 'List targets', 'May it go on?', 'Plan targets', 'Judge plans', 'Who decides?', 'Ask for approval', 'What did they say?', 'Choose next wave', 'Anything left?', 'Remove wave', 'Choose next wave', 'Anything left?', 'Remove wave', 'Choose next wave', 'Anything left?', 'Discard plans', 'Report environment', 'Environment ended'],
    output: { outcome: 'removed' },
  },
];
