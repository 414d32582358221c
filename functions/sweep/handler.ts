import { SweepRequest } from '../../contracts/sweep.ts';
import { env } from '../../runtime/env.ts';
import { logger } from '../../runtime/logger.ts';
import { task } from '../../runtime/task.ts';
import { real } from './real.ts';
import { sweep } from './sweep.ts';

export const handler = task({
  name: 'sweep',
  input: SweepRequest,
  run: async (input) => {
    const { TABLE_NAME: tableName, BUS_NAME: busName, WAIT_KEY_ARN: keyArn, DEPLOY_RELEASE_MACHINE_ARN: machine, DEPLOY_ENVIRONMENT_MACHINE_ARN: environmentMachine, START_RELEASE_FUNCTION: startReleaseFunction, LOOK_FOR_STACKS_FUNCTION: lookForStacksFunction, REMOVE_SHELL_FUNCTION: removeShellFunction } = env(
      'TABLE_NAME', 'BUS_NAME', 'WAIT_KEY_ARN', 'DEPLOY_RELEASE_MACHINE_ARN', 'DEPLOY_ENVIRONMENT_MACHINE_ARN', 'START_RELEASE_FUNCTION', 'LOOK_FOR_STACKS_FUNCTION', 'REMOVE_SHELL_FUNCTION',
    );
    const told = await sweep(real, { tableName, busName, keyArn, machine, environmentMachine, startReleaseFunction, lookForStacksFunction, removeShellFunction }, input);
    logger.info('swept', { did: told.did, left: told.left, trouble: told.trouble });
    return told;
  },
});
