import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Application, outcomes, Town } from './town.ts';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));

let town: Town;
beforeAll(async () => {
  town = await Town.build();
}, 120_000);
afterAll(() => town.close());

async function example(name: string): Promise<Application> {
  const [application] = await town.applications(name);
  if (application === undefined) throw new Error('no application');
  await cp(`${examples}/${name}`, application.folder, { recursive: true, filter: (from) => !from.includes('node_modules') });
  return application;
}

it('static-template goes through three accounts with its nested stack, answers there, and is the same the next time', { timeout: 180_000 }, async () => {
  const app = await example('static-template');
  const release = await app.releaseOf(await app.push({}));
  await town.waitsIn(release, 'prod');
  await town.decide(release, 'prod', 'approve');
  const shown = await town.ended(release);
  expect(outcomes(shown)).toEqual({ dev: 'deployed', staging: 'deployed', prod: 'deployed' });
  for (const stage of ['dev', 'staging', 'prod']) {
    const url = shown.targets.find(({ environment }) => environment === stage)?.outputs?.['PageUrl'] ?? '';
    expect(await (await fetch(url)).json()).toMatchObject({ service: 'static-template', stage, table: expect.stringContaining(`static-template-${stage}-Visits`) as string });
  }
  const again = await app.release({ 'NOTES.md': 'nothing that is deployed' });
  expect(outcomes(again)).toEqual({ dev: 'no-changes', staging: 'no-changes', prod: 'no-changes' });
});
