import { listDeployed } from '../../aws/deployed.ts';
import { keepLeft } from '../../aws/left.ts';
import { subscribe, subscribers } from '../../aws/mail.ts';
import { findRegistry } from '../../aws/registry.ts';
import { writeRegistration } from '../../aws/registry-history.ts';
import { RegisterRequest } from '../../contracts/commands.ts';
import { caller, commands, parsed } from '../../runtime/commands.ts';
import { env } from '../../runtime/env.ts';
import { http } from '../../runtime/http.ts';
import { register, type Uses } from './register.ts';

function real(): Uses {
  const { TABLE_NAME: tableName, MAIL_TOPIC_ARN: topicArn, BUS_NAME: busName, DEPLOY_RELEASE_MACHINE_ARN: machine } = env('TABLE_NAME', 'MAIL_TOPIC_ARN', 'BUS_NAME', 'DEPLOY_RELEASE_MACHINE_ARN');
  return {
    findRegistry: () => findRegistry(tableName),
    writeRegistration: (registration) => writeRegistration(tableName, registration),
    subscribers: () => subscribers(topicArn),
    subscribe: (email) => subscribe(topicArn, email),
    deployedOf: async (applications) => (await Promise.all(applications.map((application) => listDeployed(tableName, application)))).flat(),
    keepLeft: (leaving) => keepLeft({ tableName, busName, machine }, leaving, ({ by }) => by === 'registry'),
    now: () => new Date(),
  };
}

export const handler = http({
  name: 'register',
  application: () => commands().post('/registry', async (c) => c.json(await register(real(), await parsed(c, RegisterRequest), caller(c)))),
});
