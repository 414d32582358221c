import type { Environments } from '../../contracts/environments.ts';
import type { Item } from './item.ts';
import type { Scope } from './scope.ts';
import { withoutApplication } from './unregister.ts';

interface Registered {
  readonly version: number;
  readonly text: string;
  readonly content: Environments;
}

const registering = 'drawbridge register environments.yaml';

function ofApplication(application: string, { version, text, content }: Registered): Item[] {
  if (content.applications[application] === undefined) return [];
  const title = `${application} leaves the registered environments`;
  const notes = ['Take it out of your own environments.yaml too: whoever registers that again brings it back.'];
  const without = withoutApplication(text, application);
  if (without.ok) return [{ step: 'registration', title, notes, todo: { do: 'register', text: without.text, expectedVersion: version } }];
  const why = `${without.problem}. Take ${application} out of environments.yaml and register that.`;
  return [{ step: 'registration', title, notes: [], todo: { do: 'nothing' }, blocked: { why, commands: [registering] } }];
}

/** Which environment loses a target, and whether one without any is to stay, nobody but its owner can say. */
function ofAccount(account: string, { content: { accounts, environments } }: Registered): Item[] {
  const names = Object.entries(accounts).flatMap(([name, { id }]) => (id === account ? [name] : []));
  const used = Object.entries(environments).flatMap(([name, { targets }]) => (targets.some((target) => names.includes(target.account)) ? [name] : []));
  if (names.length === 0) return [];
  const targets = used.length === 0 ? '' : `the targets in it out of ${used.join(', ')}, and `;
  return [{ step: 'registration', title: `${account} leaves the registered environments`, notes: [], todo: { do: 'nothing' }, blocked: { why: `You do this: in environments.yaml, take ${targets}${names.join(', ')} out of accounts, and register that. Until then releases would go on to the account.`, commands: [registering] } }];
}

/** Nothing goes for good while a push brings it back. With the control plane all of it goes. */
export function registrationItems(scope: Scope, registered: Registered | undefined): Item[] {
  if (registered === undefined || scope.kind === 'all') return [];
  return scope.kind === 'account' ? ofAccount(scope.account, registered) : ofApplication(scope.application, registered);
}
