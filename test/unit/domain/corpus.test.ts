import { readdirSync, readFileSync } from 'node:fs';
import { CloudFormationClient, DescribeChangeSetCommand, type DescribeChangeSetOutput } from '@aws-sdk/client-cloudformation';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { describeChangeSet } from '../../../aws/described-change-set.ts';
import { AccessChange, type Change, NetworkChange, ParameterChange } from '../../../contracts/plan.ts';
import { type Fact, FactKind, RiskRule, Verdict } from '../../../contracts/verdict.ts';
import { changeSetAnswer } from '../../../domain/change-set-answer.ts';
import { normalise } from '../../../domain/changes.ts';
import { counted, factsOf } from '../../../domain/facts.ts';
import { statefulTypes } from '../../../domain/stateful-types.ts';
import { verdictOf } from '../../../domain/verdict.ts';
import { aChange } from '../../fakes/samples.ts';

const RuleSet = z.enum(['default', 'careful', 'code-goes-alone', 'open']);

/** What CloudFormation answers is taken as it is: the adapter is under test too. */
const Answer = z.custom<DescribeChangeSetOutput>((value) => typeof value === 'object' && value !== null && 'Status' in value && 'Changes' in value);

/** A change set with what a careful platform engineer says of it. */
const Labelled = z.strictObject({
  name: z.string().endsWith('.'),
  source: z.string().min(1),
  describeChangeSet: Answer,
  /** The change sets of nested stacks, by ARN. */
  nestedChangeSets: z.record(z.string(), Answer).default({}),
  access: z.array(AccessChange).default([]),
  network: z.array(NetworkChange).default([]),
  parameterChanges: z.array(ParameterChange).default([]),
  rules: RuleSet,
  expect: z.strictObject({ verdict: Verdict, facts: z.array(FactKind), dangerous: z.boolean() }),
});
type Labelled = z.infer<typeof Labelled>;

const fixtures = new URL('../../fixtures/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, fixtures), 'utf8');
const files = readdirSync(new URL('change-sets/', fixtures)).sort();
const corpus = files.map((file) => ({ file: file.replace('.json', ''), labelled: Labelled.parse(JSON.parse(read(`change-sets/${file}`))) }));
const ruleSets = new Map(RuleSet.options.map((name) => [name, z.array(RiskRule).parse(parse(read(`rules/${name}.yaml`)))]));
const rulesCalled = (name: z.infer<typeof RuleSet>) => ruleSets.get(name) ?? [];

const cloudFormation = mockClient(CloudFormationClient);
const client = new CloudFormationClient({});

/** The way of the product: described by the adapter, put in order, turned into facts. */
async function factsIn({ describeChangeSet: answer, nestedChangeSets, access, network, parameterChanges }: Labelled): Promise<Fact[]> {
  if (changeSetAnswer({ status: answer.Status ?? '', executionStatus: answer.ExecutionStatus, reason: answer.StatusReason }) === 'no-changes') return [];
  cloudFormation.on(DescribeChangeSetCommand).callsFake(({ ChangeSetName }: { ChangeSetName: string }) => nestedChangeSets[ChangeSetName] ?? answer);
  const described = await describeChangeSet(client, { stackName: answer.StackName ?? '', changeSet: answer.ChangeSetId ?? '' });
  const changes = normalise(described?.changes ?? []);
  return factsOf({ changes, outputsOnly: changes.length === 0, access, network, parameterChanges, ...(answer.StackDriftStatus === undefined ? {} : { drift: answer.StackDriftStatus }) });
}

const verdictBy = (name: z.infer<typeof RuleSet>, facts: readonly Fact[]) => verdictOf(rulesCalled(name), counted(facts)).verdict;
const goesAlone = (verdict: Verdict) => verdict === 'skip' || verdict === 'auto';
const cases = corpus.map(({ file, labelled }) => [file, labelled.name, labelled] as const);
const dangerous = cases.filter(([, , labelled]) => labelled.expect.dangerous);

beforeEach(() => {
  cloudFormation.reset();
});

/** No change set says these. */
const fromElsewhere: readonly string[] = ['takes-over', 'publishes', 'writes-parameters'];

describe('the corpus of change sets', () => {
  it('holds at least 75 of them', () => {
    expect(files.length).toBeGreaterThanOrEqual(75);
  });

  it('has every verdict and every kind of fact in its labels', () => {
    expect(new Set(corpus.map(({ labelled }) => labelled.expect.verdict))).toEqual(new Set(Verdict.options));
    expect(new Set(corpus.flatMap(({ labelled }) => labelled.expect.facts))).toEqual(new Set(FactKind.options.filter((kind) => !fromElsewhere.includes(kind))));
  });

  it('names its kinds most dangerous first, and is judged by every set of rules', () => {
    for (const { labelled } of corpus) expect(labelled.expect.facts).toEqual(FactKind.options.filter((kind) => labelled.expect.facts.includes(kind)));
    expect(new Set(corpus.map(({ labelled }) => labelled.rules))).toEqual(new Set(RuleSet.options));
  });

  it.each(cases)('%s: %s', async (_file, _name, labelled) => {
    const facts = await factsIn(labelled);
    expect({ facts: [...new Set(facts.map(({ kind }) => kind))], verdict: verdictBy(labelled.rules, facts) }).toEqual({ facts: labelled.expect.facts, verdict: labelled.expect.verdict });
  });
});

describe('what is dangerous', () => {
  it.each(dangerous)('never goes without a person, whatever the rules say: %s', async (_file, _name, labelled) => {
    const facts = await factsIn(labelled);
    expect(RuleSet.options.filter((name) => goesAlone(verdictBy(name, facts)))).toEqual([]);
  });
});

describe('what holds data or is an address', () => {
  const specified = [...loadAwsServiceSpecSync().all('resource')];
  const types = [...new Set([...statefulTypes, ...specified.filter(({ isStateful }) => isStateful === true).map(({ cloudFormationType }) => cloudFormationType)])].sort();
  const ways: readonly Pick<Change, 'action' | 'replacement'>[] = [{ action: 'Remove' }, { action: 'Modify', replacement: 'True' }, { action: 'Modify', replacement: 'Conditional' }];
  const verdictOn = (change: Change) => verdictBy('open', factsOf({ changes: [change], outputsOnly: false, access: [], network: [], parameterChanges: [] }));

  it('is only what CloudFormation knows by that name', () => {
    const known = new Set(specified.map(({ cloudFormationType }) => cloudFormationType));
    expect([...statefulTypes].filter((type) => !known.has(type))).toEqual([]);
  });

  it.each(types)('%s is never deleted or replaced without a person, even where everything may go alone', (type) => {
    expect(ways.map((way) => verdictOn(aChange({ type, ...way }))).filter((verdict) => goesAlone(verdict))).toEqual([]);
  });
});
