import { answer, completes, throws, silent, type Path } from './lines.ts';
import type { Script } from './theatre.ts';

const next: Script = { 'choose-next-environment': [answer({ answer: 'environment', environment: 'dev' }), answer({ answer: 'done' })], 'deploy-environment-machine': [answer({ outcome: 'deployed' })], 'report-release': [answer({ outcome: 'deployed' })] };
const promoted = ['Choose next environment', 'Anything left?', 'Deploy environment', 'Choose next environment', 'Anything left?', 'Report release', 'Release ended'];
const read = ['Read configuration', 'Ready to build?'];
const begun = ['Take up release', ...read];
/** What was built says which stacks there are. */
const sealed = ['Seal artifact', ...read];
const build: Script = { 'read-configuration': [answer({ answer: 'build' }), answer({ answer: 'built' })], 'start-build': [completes({ answer: 'built' })], 'seal-artifact': [answer({ answer: 'sealed' })] };

/** Ways through the machine of a whole release. */
export const releasePaths: readonly Path[] = [
  {
    name: 'builds once, then goes through the environments',
    script: { ...build, ...next },
    states: [...begun, 'Build', 'Did it build?', ...sealed, ...promoted],
    output: { outcome: 'deployed' },
  },
  {
    name: 'what was built before is not built again',
    script: { ...next, 'read-configuration': [answer({ answer: 'built' })] },
    states: [...begun, ...promoted],
  },
  {
    name: 'what is uploaded ready is sealed and not built',
    script: { ...next, 'read-configuration': [answer({ answer: 'seal' }), answer({ answer: 'built' })], 'seal-artifact': [answer({ answer: 'sealed' })] },
    states: [...begun, ...sealed, ...promoted],
    output: { outcome: 'deployed' },
  },
  {
    name: 'files that are not valid end the release',
    script: { 'read-configuration': [answer({ answer: 'ended' })], 'report-release': [answer({ outcome: 'failed' })] },
    states: [...begun, 'Report release', 'Release ended'],
    output: { outcome: 'failed' },
  },
  {
    name: 'a build that fails ends the release',
    script: { ...build, 'start-build': [completes({ answer: 'failed' })], 'report-release': [answer({ outcome: 'failed' })] },
    states: [...begun, 'Build', 'Did it build?', 'Report release', 'Release ended'],
  },
  {
    name: 'a build whose event is lost is looked at',
    script: { ...build, ...next, 'start-build': [silent], 'look-at-build': [silent, completes({ answer: 'built' })] },
    timeouts: { Build: 1, 'Look at build': 1 },
    states: [...begun, 'Build', 'Look at build', 'Look at build', 'Did it build?', ...sealed, ...promoted],
  },
  {
    name: 'a build for which there is no room yet is tried again when it is woken',
    script: { ...build, ...next, 'start-build': [completes({ answer: 'again' }), silent, completes({ answer: 'built' })], 'look-at-build': [completes({ answer: 'again' })] },
    timeouts: { Build: 1 },
    states: [...begun, 'Build', 'Did it build?', 'Build', 'Look at build', 'Did it build?', 'Build', 'Did it build?', ...sealed, ...promoted],
  },
  {
    name: 'an artifact that is not what it must be ends the release',
    script: { ...build, 'seal-artifact': [throws('InvalidInputError')], 'report-release': [answer({ outcome: 'failed' })] },
    states: [...begun, 'Build', 'Did it build?', 'Seal artifact', 'Report failure', 'Release ended'],
    output: { outcome: 'failed' },
  },
  {
    name: 'a fault in a nested machine is reported and fails this one too',
    script: { ...build, ...next, 'deploy-environment-machine': [throws('ConfigurationError')] },
    states: [...begun, 'Build', 'Did it build?', ...sealed, 'Choose next environment', 'Anything left?', 'Deploy environment', 'Report fault', 'Fault'],
    status: 'FAILED',
  },
];
