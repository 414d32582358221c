import type { Environments } from '../../contracts/environments.ts';
import type { Deployed } from '../../contracts/plan.ts';
import type { ResolvedEnvironment, Target } from '../../contracts/release.ts';
import { resolvedApproval } from '../configuration/resolve.ts';
import { everybodysApproval } from '../everybody.ts';

/** Which environment, and of which registered one it is an instance. */
interface Place {
  readonly name: string;
  readonly registered?: string | undefined;
}

export type ResolvedRemoval = { readonly ok: true; readonly environment: ResolvedEnvironment } | { readonly ok: false; readonly problem: string };

/** What is registered under its own name is never an instance of something else. */
const registeredAs = (registry: Environments, { name, registered }: Place) => registry.environments[name] ?? (registered === undefined ? undefined : registry.environments[registered]);

/**
 * Only a branch's environment in a sandbox may be removed by a machine. What stands there under the sandbox's own name was
 * deployed before it was one.
 */
export const isDisposable = (registry: Environments, { name, registered }: Place): boolean => registered !== undefined && registry.environments[name] === undefined && registry.environments[registered]?.disposable === true;

/**
 * Who must say yes before what is deployed there is removed: nobody in a sandbox, else the approvers of the environment,
 * else everybody who may approve anything. `none` where there is nobody to ask.
 */
export function removalApproval(registry: Environments, place: Place): ResolvedEnvironment['approval'] | 'none' {
  if (isDisposable(registry, place)) return undefined;
  const registered = registeredAs(registry, place)?.approval;
  if (registered !== undefined) {
    const approval = resolvedApproval(registry, registered);
    // Nothing about a removal is an emergency, so nobody breaks the glass for it; and whoever asks for it answers it only where nobody else could.
    return { ...approval, breakGlass: [], authorMayApprove: new Set(approval.quorums.flatMap(({ approvers }) => approvers)).size === 1 };
  }
  return everybodysApproval(registry) ?? 'none';
}

function targetOf(registry: Environments, row: Deployed): Target | undefined {
  const [accountName, account] = Object.entries(registry.accounts).find(([, { id }]) => id === row.account) ?? [];
  // What is registered now counts; an account that left keeps what it was deployed with.
  const externalId = account?.externalId ?? row.externalId;
  if (externalId === undefined) return undefined;
  return {
    name: row.target,
    account: row.account,
    accountName: accountName ?? row.accountName ?? row.account,
    externalId,
    region: row.region,
    wave: row.wave ?? 1,
    stackName: row.stackName,
    ...(row.codeDeploy === undefined ? {} : { codeDeploy: row.codeDeploy }),
    parameters: {},
    tags: {},
    capabilities: [],
  };
}

/**
 * The environment of a removal: what is removed is what was deployed, whatever the files say now.
 * @param rows what is deployed there and is to go
 */
export function resolveRemoval(registry: Environments, { application, environment: name }: Pick<Deployed, 'application' | 'environment'>, rows: readonly Deployed[]): ResolvedRemoval {
  const doing = `Removing ${application} from ${name}`;
  const [registered, ...others] = new Set(rows.map((row) => row.registered));
  const place: Place = registered === undefined || others.length > 0 ? { name } : { name, registered };
  const approval = removalApproval(registry, place);
  if (approval === 'none') {
    return { ok: false, problem: `${doing}: it is no sandbox, so a person must say yes, and nobody is registered who could. Register approvers in environments.yaml, then ask again.` };
  }
  const targets = rows.map((row) => targetOf(registry, row));
  const unknown = rows.find((_, index) => targets[index] === undefined);
  if (unknown !== undefined) {
    return { ok: false, problem: `${doing}: the account ${unknown.account}, in which ${unknown.stackName} is, is not registered, and its external id is not known any more. Register the account again, then ask again.` };
  }
  return {
    ok: true,
    environment: {
      ...place,
      ...(place.registered === undefined || rows[0]?.branch === undefined ? {} : { branch: rows[0].branch }),
      targets: targets.filter((target) => target !== undefined),
      ...(approval === undefined ? {} : { approval }),
    },
  };
}
