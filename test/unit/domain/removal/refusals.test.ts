import { expect, it } from 'vitest';
import { deletionEnd, mayPass } from '../../../../domain/removal/refusals.ts';

const refused = (reason: string, logicalId = 'It', type = 'AWS::EC2::SecurityGroup') => ({ logicalId, type, reason });

const undeleted = { name: 'orders-dev', status: 'DELETE_FAILED' };

/** As people report them; the ids are made up. */
const needTime = [
  'resource sg-0b8b2fcf05a0509b6 has a dependent object (Service: AmazonEC2; Status Code: 400; Error Code: DependencyViolation; Request ID: b4bd0dec-0300-42c1-bccc-c7ea5093ba1a)',
  "The subnet 'subnet-00974e267b4554553' has dependencies and cannot be deleted. (Service: AmazonEC2; Status Code: 400; Error Code: DependencyViolation; Request ID: 517031bf; Proxy: null)",
  "Network interface 'eni-0123' is currently in use. (Service: AmazonEC2; Status Code: 400; Error Code: InvalidParameterValue)",
  'The bucket you tried to delete is not empty (Service: Amazon S3; Status Code: 409; Error Code: BucketNotEmpty; Request ID: X)',
  'The bucket you tried to delete is not empty. You must delete all versions in the bucket. (Service: S3, Status Code: 409, Request ID: X, Extended Request ID: y=)',
  "The repository with name 'shop' in registry with id '222222222222' cannot be deleted because it still contains images (Service: AmazonECR; Status Code: 400; Error Code: RepositoryNotEmptyException; Request ID: 4)",
  'Rate exceeded (Service: AmazonCloudFront; Status Code: 400; Error Code: Throttling)',
];
const needAPerson = [
  'Export shop-vpc cannot be deleted as it is in use by cart-dev and orders-dev',
  'User: arn:aws:sts::222222222222:assumed-role/drawbridge-cloudformation/AWSCloudFormation is not authorized to perform: dynamodb:DeleteTable (Service: AmazonDynamoDB; Status Code: 400; Error Code: AccessDeniedException)',
  'Cannot delete protected DB Instance, please disable deletion protection and try again. (Service: AmazonRDS; Status Code: 400; Error Code: InvalidParameterCombination)',
  'Received response status [FAILED] from custom resource. Message returned: no',
];

it.each(needTime)('may go by itself after a while: %s', (reason) => {
  expect(mayPass([refused(reason)])).toBe(true);
  expect(deletionEnd(undeleted, [refused(reason)])).toMatchObject({ outcome: 'failed', clean: false, again: true });
});

it.each(needAPerson)('waits for a person: %s', (reason) => {
  expect(mayPass([refused(reason)])).toBe(false);
  expect(deletionEnd(undeleted, [refused(reason)]).again).toBeUndefined();
});

it('trying again helps only where it may help everything that was refused', () => {
  const [time = '', person = ''] = [needTime[0], needAPerson[0]];
  expect(mayPass([refused(time), refused(time, 'Other')])).toBe(true);
  expect(mayPass([refused(time), refused(person, 'Other')])).toBe(false);
  expect(mayPass([])).toBe(false);
});

it('is one sentence with the resource, its type, AWS’s words without their request ids, and what to do', () => {
  expect(deletionEnd(undeleted, [refused(needTime[0] ?? '', 'Lambda/Group'), refused('more', 'More')]).reason).toBe(
    'Removing the stack orders-dev: AWS does not delete More (AWS::EC2::SecurityGroup): more. And 1 more resource. Delete what holds it back, or delete the stack in its account and keep that resource, then retry the release.',
  );
  expect(deletionEnd(undeleted, [refused(needTime[0] ?? '', 'Lambda/Group')]).reason).toBe(
    'Removing the stack orders-dev: AWS does not delete Lambda/Group (AWS::EC2::SecurityGroup): resource sg-0b8b2fcf05a0509b6 has a dependent object (Service: AmazonEC2; Status Code: 400; Error Code: DependencyViolation). Find what still uses it, which no stack of this target owns, and remove that, then retry the release.',
  );
  expect(deletionEnd({ ...undeleted, reason: 'The role cannot be assumed.' }, []).reason).toMatch(/^Removing the stack orders-dev: The role cannot be assumed\. /);
});

it('of a deletion that was refused as a whole says why, and does not try again what only another stack can change', () => {
  const reason = 'Export shop-vpc cannot be deleted as it is in use by cart-dev and orders-dev';
  expect(deletionEnd({ name: 'shop', status: 'UPDATE_COMPLETE', reason }, [])).toEqual({ outcome: 'failed', clean: false, stackStatus: 'UPDATE_COMPLETE', reason: `Removing the stack shop: ${reason}. Remove what imports it first, then retry the release.` });
  expect(deletionEnd({ name: 'shop', status: 'UPDATE_COMPLETE' }, []).reason).toMatch(/CloudFormation leaves it in UPDATE_COMPLETE and gives no reason\./);
  expect(deletionEnd({ name: 'shop', status: 'DELETE_FAILED', reason }, [], 'Mend that').reason).toBe(`Removing the stack shop: ${reason}. Mend that.`);
});
