import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand, ListStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as z from 'zod';
import { DoorError } from '../../../aws/door-client.ts';
import { look, type Surroundings } from '../../../cli/offboard/look.ts';
import { removeAll } from '../../../cli/offboard/removals.ts';
import { Output } from '../../../cli/output.ts';
import type { Item } from '../../../domain/offboard/item.ts';
import type { FoundStack } from '../../../domain/offboard/stacks.ts';
import { accounts, aStack, controlStack, home } from '../../fakes/offboarding.ts';
import { anApproval, aRelease } from '../../fakes/samples.ts';

const [cloudFormation, sts] = [mockClient(CloudFormationClient), mockClient(STSClient)];
const said: string[] = [];
beforeEach(() => {
  said.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text).trimEnd()) > 0);
  for (const client of [cloudFormation, sts]) client.reset();
  sts.on(GetCallerIdentityCommand).resolves({ Account: accounts.tools });
});
afterEach(() => vi.restoreAllMocks());

const removal: Item = { step: 'applications', title: 'orders in prod: orders-prod', notes: [], todo: { do: 'remove', application: 'orders', environment: 'prod' } };
const { configuration: _, artifact: __, buildId: ___, ...release } = aRelease({ id: 'orders-31-0a9c2b7d', mode: 'remove' });
const shown = (fields: object, approvals: readonly object[] = []) => ({ release: { ...release, remarks: [], order: [], ...fields }, environments: [], targets: [], approvals, votes: [], story: [] });

/** A door that answers so, one look after the other; the last answer stays. */
function doorWith(...answers: unknown[]) {
  const asked: unknown[] = [];
  const ask = <Schema extends z.ZodType>(schema: Schema, method: string, path: string, body?: unknown): Promise<z.output<Schema>> => {
    asked.push([`${method} ${path}`, body]);
    const answer = path === '/removals' ? { release: 'orders-31-0a9c2b7d' } : answers.length > 1 ? answers.shift() : answers[0];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(schema.parse(answer));
  };
  return { ask, asked };
}
const asIt = { reason: 'offboarding orders', wait: true };

describe('removals', () => {
  const waiting = shown({ state: 'running' }, [anApproval({ release: 'orders-31-0a9c2b7d', environment: 'prod' })]);

  it('say once who may answer, and go on when it was answered', async () => {
    const door = doorWith(waiting, waiting, shown({ state: 'ended', outcome: 'removed' }));
    expect(await removeAll([removal], door, new Output(false), asIt)).toEqual({ done: [removal.title], left: [] });
    expect(door.asked[0]).toEqual(['POST /removals', { application: 'orders', environment: 'prod', reason: 'offboarding orders' }]);
    expect(said.filter((line) => line.includes('drawbridge approve orders-31-0a9c2b7d prod --plan '))).toHaveLength(1);
  });

  it('are left to whoever answers where nobody wants to wait', async () => {
    const { done, left } = await removeAll([removal], doorWith(waiting), new Output(false), { ...asIt, wait: false });
    expect([done, left]).toEqual([[], [expect.stringMatching(/^orders-31-0a9c2b7d waits for .* drawbridge approve/)]]);
  });

  it('that were answered with no, or could not be, are left with the reason', async () => {
    const { left } = await removeAll([removal], doorWith(shown({ state: 'ended', outcome: 'rejected', reason: 'prod: robin said no.' })), new Output(false), asIt);
    expect(left).toEqual(['orders-31-0a9c2b7d ended as rejected: prod: robin said no. Run the same command again to ask again.']);
  });

  it('that are refused at the door do not keep the others', async () => {
    const refusing = { ask: () => Promise.reject(new DoorError(400, 'InvalidInputError', 'Removing orders from prod: nobody is registered who could say yes.')) };
    expect(await removeAll([removal], refusing, new Output(false), asIt)).toEqual({ done: [], left: ['Removing orders from prod: nobody is registered who could say yes.'] });
  });
});

describe('a look', () => {
  const described = ({ arn, name, status, outputs, parameters }: FoundStack): Stack => ({
    StackId: arn,
    StackName: name,
    StackStatus: status as Stack['StackStatus'],
    CreationTime: new Date(0),
    Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
  });
  const around = (fields: Partial<Surroundings> = {}, url?: string): Surroundings => {
    const tools = { credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
    const notFound = new DoorError(404, 'NotFoundError', 'nothing is registered');
    const ask = <Schema extends z.ZodType>(schema: Schema, _: string, path: string): Promise<z.output<Schema>> => (path === '/deployed' ? Promise.resolve(schema.parse({ applications: [] })) : Promise.reject(notFound));
    return { door: { ask }, administrator: { region: home, stack: 'drawbridge', url, tools, by: () => tools }, profiles: new Map(), without: new Set(), ...fields };
  };
  const no = { artifacts: false, evidence: false };
  const there = (...stacks: FoundStack[]) => cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: stacks.map(described) }).on(ListStackResourcesCommand).resolves({}).on(ListStacksCommand).resolves({});

  it.each<[string, FoundStack[], string | undefined, RegExp]>([
    ['a stack of that name that is something else', [aStack('drawbridge', accounts.tools)], undefined, /does not say that it is a control plane of Drawbridge/],
    ['a control plane that is not the one that is asked', [controlStack()], 'http://127.0.0.1:4566', /its door is https:\/\/door\.example\.com, and you ask http:\/\/127/],
    ['no control plane', [], undefined, /there is no stack drawbridge in 111111111111, eu-west-1\. Give --stack/],
  ])('refuses %s', async (_, stacks, url, sentence) => {
    there(...stacks);
    await expect(look({ kind: 'all' }, no, around({}, url))).rejects.toThrow(sentence);
  });

  it('refuses credentials of another account, and an account that is no target', async () => {
    there(controlStack());
    await expect(look({ kind: 'all' }, no, around({ profiles: new Map([[accounts.dev, 'work']]) }))).rejects.toThrow('the profile work leads to 111111111111');
    await expect(look({ kind: 'account', account: '999999999999' }, no, around())).rejects.toThrow(`it is no target account of this control plane. It knows ${accounts.dev}, ${accounts.prod}`);
  });

  it('does not look where nobody gave credentials, nor where somebody else sees to it', async () => {
    there(controlStack());
    const { accounts: looked } = await look({ kind: 'all' }, no, around({ without: new Set([accounts.prod]) }));
    expect(looked).toEqual([{ account: accounts.dev, regions: [home, 'us-east-1'], stacks: undefined }]);
  });
});
