import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { isNamed } from '../aws/errors.ts';
import type { Cloud, Credentials } from './cloud.ts';
import { people, type Person } from './sample.ts';

/**
 * The sample's people as IAM users of the tools account. They may knock at the door and nothing else;
 * what they may decide there is the control plane's own question.
 */
export async function invitePeople(cloud: Cloud): Promise<Record<Person, Credentials>> {
  const iam = new IAMClient({ endpoint: cloud.endpoint, region: cloud.region, credentials: cloud.credentials(cloud.accounts.tools) });
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `arn:aws:execute-api:${cloud.region}:${cloud.accounts.tools}:*` }],
  };
  const invited = await Promise.all(
    people.map(async (person) => {
      await iam.send(new CreateUserCommand({ UserName: person })).catch((error: unknown) => {
        if (!isNamed(error, 'EntityAlreadyExists', 'EntityAlreadyExistsException')) throw error;
      });
      await iam.send(new PutUserPolicyCommand({ UserName: person, PolicyName: 'knock-at-the-door', PolicyDocument: JSON.stringify(policy) }));
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: person }));
      return [person, { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }] as const;
    }),
  );
  return Object.fromEntries(invited) as Record<Person, Credentials>;
}
