import { registryWith } from '../test/local/office.ts';
import { parametersApplication } from '../test/local/templates.ts';
import type { Application, Town } from '../test/local/town.ts';
import { until } from '../test/fakes/until.ts';

const pushes = Number(process.env['PUSHES'] ?? 100);
const longest = 1_800_000;

/** A hundred pushes to one application, and the question about each left unanswered; meanwhile another application is released. */
export async function hundred(town: Town): Promise<Readonly<Record<string, string | number>>[]> {
  const [busy, other] = await town.quickApplications('busy', 'other');
  if (busy === undefined || other === undefined) return [];
  await town.system.register(registryWith(town, ['busy', 'other'], { dev: { applications: ['other'] }, prod: { applications: ['busy'], approval: { approvers: ['alex', 'robin'] } } }));
  const alone = await timed(other, 'alone');
  let newest = '';
  let beside = '';
  for (let push = 1; push <= pushes; push += 1) {
    newest = await busy.push(parametersApplication({ values: { One: String(push) }, order: ['prod'] }), `Push ${String(push)}`);
    if (push === pushes / 2) beside = await timed(other, 'beside');
  }
  const last = await busy.releaseOf(newest);
  await until('only the newest waits', async () => (await all(town)).every(({ id, state }) => (id === last) === (state === 'running')), longest);
  await town.waitsIn(last, 'prod');
  const inbox = (await town.ask('GET', '/inbox')) as { waiting: { release: string }[] };
  await town.decide(last, 'prod', 'approve', 'robin');
  const { release } = await town.ended(last);
  const releases = await all(town);
  const deployed = releases.filter(({ outcome }) => outcome === 'deployed').map(({ id }) => id);
  return [
    { what: 'pushes', is: pushes },
    { what: 'overtaken before their event was looked at', is: pushes - releases.length },
    { what: 'releases of different commits', is: new Set(releases.map(({ commit }) => commit)).size },
    { what: 'could be approved', is: inbox.waiting.map(({ release }) => release).join(', ') },
    { what: 'gave way (superseded)', is: releases.filter(({ outcome }) => outcome === 'superseded').length },
    { what: 'deployed', is: deployed.join(', ') },
    ...(release.outcome === 'deployed' ? [] : [{ what: 'the newest ended as', is: `${release.outcome ?? ''}: ${release.reason ?? ''}` }]),
    { what: 'another application, alone, s', is: alone },
    { what: 'another application, among them, s', is: beside },
  ];
}

async function timed(app: Application, value: string): Promise<string> {
  const began = Date.now();
  await app.release(parametersApplication({ values: { One: value }, order: ['dev'] }));
  return ((Date.now() - began) / 1000).toFixed(1);
}

async function all(town: Town): Promise<readonly { id: string; commit: string; state: string; outcome?: string }[]> {
  const { releases } = (await town.ask('GET', '/releases?application=busy&limit=100')) as { releases: { id: string; commit: string; state: string; outcome?: string }[] };
  return releases;
}
