import validate from 'asl-validator';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import * as errors from '../../domain/errors.ts';
import { mostRefusals } from '../../domain/lock.ts';
import { errorsIn, readMachine } from './machines.ts';
import { policiesOf } from './policies.ts';
import { controlPlane, functionFolders, handlerOf, logicalId } from './project.ts';
import { at, ofType, recordAt, resource, textAt } from './read-template.ts';

// Takes the frame away from the functions, so that each hands out the schema of its input.
vi.mock('../../runtime/task.ts', () => ({ task: (options: unknown) => options, parseInput: () => undefined }));

const inputs = new Map<string, z.ZodObject>();
beforeAll(async () => {
  for (const folder of functionFolders) {
    const { handler } = (await import(handlerOf(folder))) as { handler: { input?: z.ZodObject } };
    if (handler.input !== undefined) inputs.set(logicalId(folder), handler.input);
  }
});

const ours = Object.values(errors).map((Kind) => new Kind('').name);
/** A fault of ours or of the set-up: it must fail the machine, and so ring the alarm. */
const faults = ['ConfigurationError', 'NotFoundError'];
const theirs = /^(States\.(Timeout|TaskFailed)|(Lambda|Runtime|Sandbox|StepFunctions)\.[A-Za-z]+)$/;

const machines = ['deploy-release', 'deploy-environment', 'plan-target', 'execute-plan', 'remove-target'].map(readMachine);

describe.each(machines)('$name', ({ name, definition, states, tasks, substitutions }) => {
  const { properties, ...rest } = resource(controlPlane, `${logicalId(name)}Machine`);
  const statements = policiesOf({ properties, ...rest });
  const resourcesOf = (action: string) => statements.filter(({ actions }) => actions.includes(action)).flatMap(({ resources }) => resources);
  const given = recordAt(properties, 'DefinitionSubstitutions');

  it('is valid', () => {
    const verdict = validate(structuredClone(definition), { checkPaths: false });
    expect(verdict.errorsText('\n')).toBe('');
    expect(verdict.isValid).toBe(true);
  });

  it('is the one that is deployed', () => {
    expect(at(properties, 'DefinitionUri')).toBe(`statemachines/${name}.asl.json`);
  });

  it('takes up its input first, and ends in time', () => {
    expect(at(definition, 'QueryLanguage')).toBe('JSONata');
    expect(textAt(definition, 'StartAt')).toMatch(/^Take up /);
    expect(at(definition, 'TimeoutSeconds')).toEqual(expect.any(Number));
  });

  it('is given each name that it uses, and each means what it says', () => {
    expect(Object.keys(given).sort()).toEqual(substitutions);
    for (const [key, value] of Object.entries(given)) {
      expect([{ 'Fn::GetAtt': `${key}.Arn` }, { Ref: key }]).toContainEqual(value);
    }
  });

  it('may call the functions that it calls, and nothing else', () => {
    const called = [...new Set(tasks.map(({ functionName }) => functionName))].sort();
    expect(resourcesOf('lambda:InvokeFunction').map((one) => textAt(one, 'Fn::GetAtt').replace('.Arn', ''))).toEqual(called);
  });

  it('may start and watch the machines that it waits for, and needs the rule of Step Functions to do so', () => {
    const nested = states.flatMap(([, state]) => [textAt(state, 'Arguments', 'StateMachineArn')].filter((one) => one !== '').map((one) => one.slice(2, -1)));
    expect(resourcesOf('states:StartExecution').map((one) => at(one, 'Ref'))).toEqual([...new Set(nested)].sort());
    expect(resourcesOf('states:StopExecution')).toHaveLength(new Set(nested).size);
    expect(resourcesOf('events:PutRule')).toHaveLength(nested.length === 0 ? 0 : 1);
  });

  it.each(states.filter(([, state]) => at(state, 'Type') === 'Task').map(([state, body]) => ({ state, body })))('$state tries again what may pass, by name', ({ body }) => {
    expect(errorsIn(body, 'Retry').length).toBeGreaterThan(0);
    const named = [...errorsIn(body, 'Retry'), ...errorsIn(body, 'Catch')];
    expect(ours).toEqual(expect.arrayContaining(named.filter((error) => !theirs.test(error))));
  });

  // Roles change while the control plane is deployed, and IAM is eventually consistent: an end must not go untold for it.
  it.each(tasks.filter(({ state }) => at(state, 'Catch') === undefined))('$name, which nothing follows when it fails, tries again what was refused', ({ state }) => {
    expect(errorsIn(state, 'Retry')).toContain('AccessDeniedError');
  });

  it.each(tasks)('$name hands $functionName what it reads', ({ functionName, payload }) => {
    const shape: Readonly<Record<string, z.ZodType>> = z.record(z.string(), z.instanceof(z.ZodType)).parse(inputs.get(functionName)?.shape);
    const demanded = Object.keys(shape).filter((key) => shape[key]?.safeParse(undefined).success !== true);
    expect(payload).toEqual(expect.arrayContaining(demanded));
    expect(Object.keys(shape)).toEqual(expect.arrayContaining([...payload]));
  });

  it.each(tasks.filter(({ waits }) => waits))('$name looks for itself when its event is lost', ({ state, payload }) => {
    expect(payload).toContain('token');
    expect(at(state, 'TimeoutSeconds')).toBeDefined();
    expect(errorsIn(state, 'Catch')).toContain('States.Timeout');
  });

  it.each(tasks.filter(({ waits }) => !waits))('$name gets no token, for it does not wait', ({ payload }) => {
    expect(payload).not.toContain('token');
  });

  it.each(tasks.filter(({ state }) => at(state, 'Catch') !== undefined))('$name catches every error of ours that is not a fault', ({ state }) => {
    expect(errorsIn(state, 'Catch')).toEqual(expect.arrayContaining(ours.filter((error) => !faults.includes(error))));
  });
});

it('a deletion is asked for as often as its waits are forgotten', () => {
  expect(readMachine('remove-target').text).toContain(`$refusals < ${String(mostRefusals)} `);
});

it('every machine of the template is one of these', () => {
  expect(ofType(controlPlane, 'AWS::Serverless::StateMachine').map(({ id }) => id)).toEqual(machines.map(({ name }) => `${logicalId(name)}Machine`));
});
