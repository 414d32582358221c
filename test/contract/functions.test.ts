import { beforeAll, describe, expect, it } from 'vitest';
import { functionNames } from '../../esbuild.config.mjs';
import { bundled } from './bundled.ts';
import { controlPlane, functionFolders, handlerOf, logicalId } from './project.ts';
import { at, ofType, recordAt, resource, textAt } from './read-template.ts';

const functions = ofType(controlPlane, 'AWS::Serverless::Function');

/** The variables that Lambda sets itself and that nobody may set (Lambda Developer Guide, "Defined runtime environment variables"). */
const setByLambda = ['AWS_REGION'];

const asked = new Map<string, readonly string[]>();
beforeAll(async () => {
  for (const folder of functionFolders) {
    const text = await bundled(handlerOf(folder));
    const names = [...text.matchAll(/\benv\d*\(((?:\s*"[A-Z_]+",?)+)\s*\)/g)].flatMap(([, list = '']) => [...list.matchAll(/"([A-Z_]+)"/g)].map(([, name = '']) => name));
    asked.set(folder, [...new Set(names)].filter((name) => !setByLambda.includes(name)).sort());
  }
});

it('every function has a folder, a resource of its name and a bundle', () => {
  expect(functions.map(({ id }) => id).sort()).toEqual(functionFolders.map(logicalId).sort());
  expect(functionNames().sort()).toEqual(functionFolders);
});

describe.each(functionFolders)('%s', (folder) => {
  const { properties } = resource(controlPlane, logicalId(folder));

  it('is deployed from its own bundle', () => {
    expect(at(properties, 'CodeUri')).toBe(`dist/${folder}/`);
  });

  it('is given the variables that it reads, and no others', () => {
    const given = Object.keys(recordAt(properties, 'Environment', 'Variables')).sort();
    expect(given).toEqual(asked.get(folder));
  });

  it('logs to a group of its own, which is named after it and forgets', () => {
    const { properties: logs } = resource(controlPlane, `${logicalId(folder)}Logs`);
    expect(at(properties, 'LoggingConfig', 'LogGroup')).toEqual({ Ref: `${logicalId(folder)}Logs` });
    expect(at(logs, 'LogGroupName', 'Fn::Sub')).toMatch(new RegExp(`/${folder}$`));
    expect(at(logs, 'RetentionInDays')).toBeDefined();
  });

  it('says what it is for', () => {
    expect(at(properties, 'Description')).toEqual(expect.stringMatching(/\w{3}/));
  });
});

it('a function that looks because an event did not come counts it, under the name that the alarm has', async () => {
  expect(resource(controlPlane, 'StuckWaitsAlarm').properties).toMatchObject({ Namespace: 'Drawbridge', MetricName: 'StuckWait', Dimensions: [{ Name: 'service', Value: 'drawbridge' }] });
  for (const folder of ['look-at-build', 'look-at-deployment', 'look-at-stack', 'look-at-test']) expect(await bundled(handlerOf(folder)), folder).toMatch(/addMetric\("StuckWait"/);
});

it('an event that a function cannot handle is kept, whoever lost it: Lambda throws it away after two tries unless the function has a queue', () => {
  const called = ofType(controlPlane, 'AWS::Events::Rule').map(({ properties }) => textAt(properties, 'Targets', 0, 'Arn', 'Fn::GetAtt').replace('.Arn', ''));
  expect([...new Set(called)]).toHaveLength(8);
  for (const id of called) expect(at(resource(controlPlane, id).properties, 'DeadLetterQueue'), id).toEqual({ Type: 'SQS', TargetArn: { 'Fn::GetAtt': 'DeadEvents.Arn' } });
});
