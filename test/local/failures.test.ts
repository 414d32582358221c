import { afterAll, beforeAll, expect, it } from 'vitest';
import { BuildLog } from '../../cli/build-log.ts';
import { failsOnCreate, parametersApplication } from './templates.ts';
import { outcomes, Town } from './town.ts';

let town: Town;
beforeAll(async () => {
  town = await Town.build();
  await town.applications(...bads.map(({ application }) => application), 'quiet');
}, 240_000);
afterAll(() => town.close());

const good = parametersApplication({ values: { One: '1' }, order: ['dev'] });

interface Bad {
  readonly name: string;
  readonly application: string;
  readonly files: Record<string, string>;
  readonly says: RegExp;
  /** A line that the build wrote. */
  readonly logs?: string;
}

/** The build's log as the command line reads it; it has an end once the release has ended. */
async function linesOf(release: string): Promise<readonly string[]> {
  const lines: string[] = [];
  const log = new BuildLog((path) => town.ask('GET', path), release);
  await log.readOn((line) => lines.push(line));
  expect(log.done).toBe(true);
  return lines;
}

const bads: Bad[] = [
  { name: 'a template that is not YAML', application: 'not-yaml', files: { ...good, 'template.yaml': 'Resources: [unclosed' }, says: /template/i },
  { name: 'a template that CloudFormation refuses', application: 'refused', files: { ...good, 'template.yaml': 'Resources:\n  Odd:\n    Type: AWS::No::Such\n' }, says: /AWS::No::Such|Odd/ },
  { name: 'a template whose creation fails', application: 'no-create', files: parametersApplication({ values: { One: '1' }, resources: failsOnCreate }), says: /Broken/ },
  { name: 'an environment that is not registered', application: 'unknown-env', files: parametersApplication({ values: { One: '1' }, order: ['dev', 'moon'] }), says: /drawbridge\.yaml.*moon|moon.*drawbridge\.yaml/s },
  { name: 'a file that is not YAML', application: 'bad-file', files: { ...good, 'drawbridge.yaml': 'version: 1\nbuild: {kind: sam\n' }, says: /drawbridge\.yaml:\d+/ },
  { name: 'a template that is not there', application: 'no-template', files: { ...good, 'drawbridge.yaml': 'version: 1\nbuild: {kind: cloudformation, template: gone.yaml}\n' }, says: /gone\.yaml/ },
  { name: 'a build kind that there is not', application: 'no-kind', files: { ...good, 'drawbridge.yaml': 'version: 1\nbuild: {kind: terraform}\n' }, says: /drawbridge\.yaml:2: build\.kind: the kind must be one of sam, cloudformation, serverless, cdk, codedeploy, buildspec/ },
  { name: 'a required check that fails', application: 'no-check', files: { ...good, 'drawbridge.yaml': 'version: 1\nbuild: {kind: cloudformation}\nchecks: [{ name: unit tests, run: "echo Error: 1 test failed; exit 1" }]\n' }, says: /: Checking: the required check unit tests failed: Error: 1 test failed\. Log: /, logs: 'Error: 1 test failed' },
];

it.each(bads)('$name ends as failed with a sentence, and the next good push heals it', { timeout: 120_000 }, async ({ application: name, files, says, logs }) => {
  const application = town.application(name);
  const failed = await application.release(files, 'Break it');
  expect(failed.release.outcome).toBe('failed');
  expect(failed.release.reason).toMatch(says);
  expect(failed.targets.map(({ clean }) => clean)).not.toContain(false);
  if (logs !== undefined) expect(await linesOf(failed.release.id)).toContain(logs);

  // What was broken must not come back through a file that stayed.
  const healed = await application.release(good, 'Mend it');
  expect(healed.release).toMatchObject({ outcome: 'deployed' });
  expect(outcomes(healed)).toEqual({ dev: 'deployed' });
});

it('what does not change anything is green and asks nobody', { timeout: 120_000 }, async () => {
  const application = town.application('quiet');
  const files = parametersApplication({ values: { One: '1' }, order: ['dev', 'staging', 'prod'] });
  const first = await application.releaseOf(await application.push(files));
  await town.waitsIn(first, 'prod');
  await town.decide(first, 'prod', 'approve');
  expect((await town.ended(first)).release.outcome).toBe('deployed');

  const second = await application.release({ 'README.md': 'words only' }, 'Write words');
  expect(second.release.outcome).toBe('no-changes');
  expect(second.approvals).toEqual([]);

  const third = await application.releaseOf(await application.push(parametersApplication({ values: { One: '2' }, order: ['dev', 'staging', 'prod'] })));
  const waiting = await town.waitsIn(third, 'prod');
  expect(waiting.targets.find(({ environment }) => environment === 'prod')?.counts).toEqual({ add: 0, modify: 1, replace: 0, mayReplace: 0, remove: 0 });
  await town.decide(third, 'prod', 'reject');
  expect((await town.ended(third)).release.outcome).toBe('rejected');
});
