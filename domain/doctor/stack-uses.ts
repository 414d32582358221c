import type { Environments } from '../../contracts/environments.ts';
import type { Configuration } from '../../contracts/release.ts';
import type { StackUse } from './remarks.ts';

/** Which stacks the applications use, as far as the registry and the newest release of each say. */
export function stackUses(registry: Environments, newest: Readonly<Record<string, Configuration | undefined>>): StackUse[] {
  return Object.keys(registry.applications).flatMap((application) =>
    Object.entries(registry.environments)
      // What a branch gets in a disposable one is named after the branch.
      .filter(([, { applications, disposable }]) => applications?.includes(application) !== false && !disposable)
      .flatMap(([environment, { targets }]) =>
        targets.filter(({ codeDeploy }) => codeDeploy === undefined).map(({ account: name, region, stack }): StackUse => {
          const account = registry.accounts[name]?.id ?? '';
          const asked = newest[application]?.environments.find((it) => it.name === environment)?.targets.find((target) => target.account === account && target.region === region);
          return { application, environment, account, region, stackName: stack ?? asked?.stackName ?? `${application}-${environment}` };
        }),
      ),
  );
}
