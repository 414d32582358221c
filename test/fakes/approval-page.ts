import { takeAnswer } from '../../aws/decisions.ts';
import { door, type Uses } from '../../functions/approval-page/door.ts';
import { personOf, standing } from '../../domain/people.ts';
import { ApprovalWorld } from './approval-world.ts';

const usesOf = (world: ApprovalWorld): Uses => ({
  findLink: world.findLink,
  findApproval: (id) => world.findApproval('', id),
  findRelease: world.findRelease,
  findHalt: world.findHalt,
  listTargets: (release, environment) => world.listTargets('', release, environment),
  readPlan: (key) => Promise.resolve(world.planned.get(key)),
  person: (approver, authors) => Promise.resolve(approver in world.registry.approvers ? personOf(world.registry, approver, standing(world.delegations, world.clock), authors) : undefined),
  makeForm: world.makeForm,
  takeForm: world.takeForm,
  takeAnswer: (id, given) => takeAnswer(world.where, id, { ...given, channel: 'link' }, world.clock, world),
});

/** What a form on the page would send: its hidden fields. */
export const fieldsOf = (page: string): Record<string, string> => Object.fromEntries([...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name = '', value = '']) => [name, value]));

/** The approval page over a world, with what a browser does on it. */
export function aPage(world: ApprovalWorld) {
  const called: string[] = [];
  const counted = Object.fromEntries(Object.entries(usesOf(world)).map(([name, run]) => [name, (...given: unknown[]) => (called.push(name), (run as (...given: unknown[]) => unknown)(...given))])) as unknown as Uses;
  const app = door(counted);
  const get = async (link: string, headers: Record<string, string> = {}) => await app.request(`/approvals/${link}`, { headers });
  const post = async (link: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    await app.request(`/approvals/${link}`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: new URLSearchParams(fields).toString() });
  const shown = async (link: string) => await (await get(link)).text();
  return {
    app,
    /** Names of what the page used, in order. */
    called,
    get,
    post,
    shown,
    open: async (link: string) => fieldsOf(await shown(link)),
    /** Opens the page and presses a button on it. */
    answer: async (link: string, decision: 'approve' | 'reject', reason = '') => await post(link, { ...fieldsOf(await shown(link)), decision, reason }),
  };
}

/** The page over a world in which a question waits, with Alex's link to it. */
export function aPageThatAsks() {
  const world = new ApprovalWorld();
  world.ask();
  return { world, page: aPage(world), link: world.link('alex') };
}
