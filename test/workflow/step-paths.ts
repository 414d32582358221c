import { answer, completes, type Path, silent, throws } from './lines.ts';
import type { Script } from './theatre.ts';

const taken = completes({ answer: 'taken', fence: 7 });
const deployed = { outcome: 'deployed', clean: true, stackStatus: 'CREATE_COMPLETE' };
const executed = ['Take up plan', 'Take lock', 'Is it ours?', 'Still the same?', 'May it be executed?', 'Execute'];

/** Ways through the machine of one target that has steps after its stack. */
export const stepPaths: readonly Path[] = [
  {
    name: 'what comes after the stack is done part by part, under the lock',
    script: {
      'take-lock': [taken],
      'check-plan': [answer({ answer: 'execute', steps: 2 })],
      'execute-change-set': [completes(deployed)],
      'run-steps': [answer({ answer: 'more', cursor: { step: 0, file: 250, copied: 3 } }), answer({ answer: 'done' })],
      'close-target': [answer({ outcome: 'deployed' })],
    },
    states: [...executed, 'Any steps?', 'Run steps', 'Any steps left?', 'Run steps', 'Any steps left?', 'Drop lock', 'Deployed'],
    output: { outcome: 'deployed' },
  },
  {
    name: 'steps alone need no change set',
    script: { 'take-lock': [taken], 'check-plan': [answer({ answer: 'steps' })], 'run-steps': [answer({ answer: 'done' })], 'close-target': [answer({ outcome: 'deployed' })] },
    states: [...executed.slice(0, -1), 'Run steps', 'Any steps left?', 'Drop lock', 'Deployed'],
  },
  {
    name: 'a stack that is not deployed has no steps after it',
    script: { 'take-lock': [taken], 'check-plan': [answer({ answer: 'execute', steps: 2 })], 'execute-change-set': [completes({ outcome: 'rolled-back', clean: true, stackStatus: 'UPDATE_ROLLBACK_COMPLETE' })], 'close-target': [answer({ outcome: 'rolled-back' })] },
    states: [...executed, 'Any steps?', 'Drop lock', 'Deployed'],
  },
  {
    name: 'a step that fails drops the lock',
    script: { 'take-lock': [taken], 'check-plan': [answer({ answer: 'execute', steps: 1 })], 'execute-change-set': [completes(deployed)], 'run-steps': [throws('DeploymentFailedError')], 'close-target': [answer({ outcome: 'failed' })] },
    states: [...executed, 'Any steps?', 'Run steps', 'Drop lock after failure', 'Deployed'],
    output: { outcome: 'failed' },
  },
];

const planned: Script = { 'take-up-environment': [answer({ answer: 'plan', targets: ['one'] })], 'plan-target-machine': [answer({})], 'execute-plan-machine': [answer({})], 'discard-plan': [answer({ answer: 'discarded' })] };
const judged = ['Take up environment', 'List targets', 'May it go on?', 'Plan targets', 'Judge plans', 'Who decides?'];
const wave = ['Choose next wave', 'Anything left?', 'Execute wave'];
const discarded = ['Discard plans', 'Report environment', 'Environment ended'];
const ends = (outcome: string): Script => ({ 'report-environment': [answer({ outcome })] });

/** Ways through the machine of an environment that is tested. */
export const testPaths: readonly Path[] = [
  {
    name: 'what is deployed is tested, and given time, before the environment ends well',
    script: { ...planned, ...ends('deployed'), 'judge-plans': [answer({ answer: 'go' })], 'choose-next-wave': [answer({ answer: 'wave', targets: ['one'] }), answer({ answer: 'test', targets: [] })], 'check-environment': [answer({ answer: 'again', tests: 0 }), answer({ answer: 'passed', tests: 0 })] },
    states: [...judged, ...wave, 'Choose next wave', 'Anything left?', 'Check environment', 'Does it work?', 'Give it time', 'Check environment', 'Does it work?', ...discarded],
  },
  {
    name: 'commands test what is deployed, one after the other, when the addresses answer; one whose build could not be started is tried again',
    script: { ...planned, ...ends('no-changes'), 'judge-plans': [answer({ answer: 'test' })], 'check-environment': [answer({ answer: 'passed', tests: 2 })], 'start-test': [completes({ answer: 'passed' }), completes({ answer: 'again' }), completes({ answer: 'passed' })] },
    states: [...judged, 'Check environment', 'Does it work?', ...Array.from({ length: 3 }, () => ['Run test', 'Did it pass?']).flat(), ...discarded],
    output: { outcome: 'no-changes' },
  },
  {
    name: 'a command that fails fails the environment, and those after it are not run',
    script: { ...planned, ...ends('failed'), 'judge-plans': [answer({ answer: 'test' })], 'check-environment': [answer({ answer: 'passed', tests: 2 })], 'start-test': [completes({ answer: 'failed', reason: 'why' })] },
    states: [...judged, 'Check environment', 'Does it work?', 'Run test', 'Did it pass?', 'Record failure', ...discarded],
    output: { outcome: 'failed' },
  },
  {
    name: 'a lost end of a command costs a look, never a hang',
    script: { ...planned, ...ends('no-changes'), 'judge-plans': [answer({ answer: 'test' })], 'check-environment': [answer({ answer: 'passed', tests: 1 })], 'start-test': [silent], 'look-at-test': [silent, completes({ answer: 'passed' })] },
    timeouts: { 'Run test': 1, 'Look at test': 1 },
    states: [...judged, 'Check environment', 'Does it work?', 'Run test', 'Look at test', 'Look at test', 'Did it pass?', ...discarded],
  },
  {
    name: 'a command that the account does not allow fails the environment',
    script: { ...planned, ...ends('failed'), 'judge-plans': [answer({ answer: 'test' })], 'check-environment': [answer({ answer: 'passed', tests: 1 })], 'start-test': [throws('AccessDeniedError')] },
    states: [...judged, 'Check environment', 'Does it work?', 'Run test', 'Record failure', ...discarded],
  },
  {
    name: 'a test that fails fails the environment, also where nothing changed',
    script: { ...planned, ...ends('failed'), 'judge-plans': [answer({ answer: 'test' })], 'check-environment': [throws('DeploymentFailedError')] },
    states: [...judged, 'Check environment', 'Record failure', ...discarded],
    output: { outcome: 'failed' },
  },
];
