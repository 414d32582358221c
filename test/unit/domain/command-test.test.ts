import { describe, expect, it } from 'vitest';
import { buildAnswers } from '../../../domain/build-answer.ts';
import { commandOf, commandsOf, testAnswer, testPolicy, testVariables } from '../../../domain/command-test.ts';
import { aTarget } from '../../fakes/samples.ts';

const command = { run: 'npm run smoke', folder: 'test/smoke', variables: {}, withinMinutes: 10 };
const target = aTarget({ url: '${outputs.Api}/start', commands: [command] });
const about = { environment: 'dev', release: 'orders-12-3f2a9c1b', tested: { target, command } };
const where = { release: about.release, environment: 'dev', operation: 'test:x' };

describe('the commands that test an environment', () => {
  const environment = { name: 'dev', targets: [aTarget({ name: 'one', commands: [command, { ...command, run: 'second' }] }), aTarget({ name: 'two' }), aTarget({ name: 'three', commands: [{ ...command, run: 'third' }] })] };

  it('are run target by target, in their order', () => {
    expect(commandsOf(environment).map(({ target: { name }, command: { run } }) => [name, run])).toEqual([['one', 'npm run smoke'], ['one', 'second'], ['three', 'third']]);
    expect(commandOf(environment, 2).command.run).toBe('third');
    expect(() => commandOf(environment, 3)).toThrow(expect.objectContaining({ name: 'ConfigurationError' }));
  });
});

describe('what a command finds in its environment', () => {
  const record = { outputs: { Api: 'https://api.example', TableName: 't' }, taken: { 'environments.first.outputs.Api': 'https://first.example' } };

  it('is every output of its stack, the address, and what the file names', () => {
    const variables = { FIRST: '${environments.first.outputs.Api}', BOTH: '${outputs.TableName} ${environments.first.outputs.Api}', PLAIN: 'x' };
    expect(testVariables({ target, command: { ...command, variables } }, { ...where, record })).toEqual({
      DRAWBRIDGE_OUTPUT_Api: 'https://api.example', DRAWBRIDGE_OUTPUT_TableName: 't',
      FIRST: 'https://first.example', BOTH: 't https://first.example', PLAIN: 'x',
      DRAWBRIDGE_URL: 'https://api.example/start', DRAWBRIDGE_ENVIRONMENT: 'dev', DRAWBRIDGE_REGION: 'eu-west-1', DRAWBRIDGE_RELEASE: 'orders-12-3f2a9c1b',
      DRAWBRIDGE_COMMAND: 'npm run smoke', DRAWBRIDGE_TEST: 'test:x',
    });
  });

  it('is refused where an output is not there', () => {
    expect(() => testVariables({ target, command: { ...command, variables: { A: '${outputs.Missing}' } } }, { ...where, record })).toThrow('Testing dev: "npm run smoke" takes the output Missing, which orders-dev does not have.');
  });
});

describe('how a test ends', () => {
  const build = { id: 'drawbridge-test:1', trouble: 'BUILD: Error while executing command', logs: 'https://console/log' };

  it.each(Object.keys(buildAnswers))('of a build that is %s', (status) => {
    const expected = new Map([['SUCCEEDED', 'passed'], ['IN_PROGRESS', undefined]]);
    expect(testAnswer(about, { ...build, status })?.answer).toBe(expected.has(status) ? expected.get(status) : 'failed');
  });

  it.each([
    ['what it said last', { ...build, status: 'FAILED' }, 'AssertionError: 1 !== 2', ': AssertionError: 1 !== 2. The release stops'],
    ['what CodeBuild says, where it said nothing', { ...build, status: 'FAILED' }, undefined, ': BUILD: Error while executing command. The release stops'],
    ['how long it took, where that was too long', { ...build, status: 'TIMED_OUT' }, undefined, ': it took longer than 10 minutes. The release stops'],
    ['that its build is gone', undefined, undefined, ': CodeBuild does not know its build any more. The release stops'],
  ])('is told with %s', (_, ended, words, says) => {
    const answer = testAnswer(about, ended, words);
    expect(answer).toMatchObject({ answer: 'failed', reason: expect.stringContaining(`What is deployed in dev fails its test "npm run smoke" of orders-dev${says}`) as string });
    expect(JSON.stringify(answer)).toContain('drawbridge retry orders-12-3f2a9c1b');
    if (ended !== undefined) expect(JSON.stringify(answer)).toContain('Log, in account 222222222222 (dev): https://console/log');
  });
});

it('only who executes may start a test, and of all projects the one', () => {
  const at = { account: '222222222222', region: 'eu-west-1' };
  expect(testPolicy('plan', at)).not.toContain('StartBuild');
  expect(testPolicy('execute', at)).toContain('codebuild:StartBuild');
  expect(testPolicy('execute', at)).toContain('arn:aws:codebuild:eu-west-1:222222222222:project/drawbridge-test');
});
