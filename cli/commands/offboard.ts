import { InvalidInputError } from '../../domain/errors.ts';
import { type Item, nextStep } from '../../domain/offboard/item.ts';
import { offboardingList, staysBehind } from '../../domain/offboard/list.ts';
import { checkWishes, nameOf, scopeOf, type Wishes } from '../../domain/offboard/scope.ts';
import { ask } from '../agree.ts';
import type { ControlPlane } from '../connect.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { act } from '../offboard/act.ts';
import { look } from '../offboard/look.ts';
import { asJson, tellList } from '../offboard/tell.ts';
import type { Output } from '../output.ts';

export interface OffboardOptions extends Wishes {
  /** `222222222222=my-profile`, one an account. */
  readonly profile: readonly string[];
  readonly without: readonly string[];
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly wait: boolean;
  readonly reason: string;
}

function profilesOf(given: readonly string[]): Map<string, string> {
  return new Map(
    given.map((text) => {
      const [, account, name] = /^(\d{12})=(.+)$/.exec(text) ?? [];
      if (account === undefined || name === undefined) throw new InvalidInputError(`Reading --profile ${text}: it is an account and the name of a profile, such as 222222222222=my-profile.`);
      return [account, name];
    }),
  );
}

/** Lists everything that was set up of an application, an account or everywhere, asks, and removes it in that order. */
export async function offboard(controlPlane: ControlPlane, output: Output, what: string, options: OffboardOptions): Promise<ExitCode> {
  const scope = scopeOf(what);
  checkWishes(scope, options);
  const surroundings = { door: controlPlane, administrator: await controlPlane.administrator(), profiles: profilesOf(options.profile), without: new Set(options.without) };
  const list = async () => {
    const found = await look(scope, options, surroundings);
    return { items: offboardingList(scope, options, found), stays: staysBehind(scope, options, found) };
  };
  let { items, stays } = await list();
  tellList(output, items, stays);
  const done: string[] = [];
  const end = (code: ExitCode, left: readonly string[]): ExitCode => {
    for (const line of left) output.line(`Left: ${line}`);
    output.answer({ what: nameOf(scope), done, items: items.map(asJson), left, stays });
    return code;
  };
  if (options.dryRun) return end(exitCodes.ok, []);
  if (items.length === 0) {
    output.line(`Nothing of ${nameOf(scope)} is there.`);
    return end(exitCodes.ok, []);
  }
  if (!options.yes && (await ask(output, `Type ${nameOf(scope)} to have this removed: `, `Offboarding ${nameOf(scope)}`)) !== nameOf(scope)) {
    output.line('Nothing was removed.');
    return end(exitCodes.ok, []);
  }
  const shown = new Set(items.map(({ title }) => title));
  const reason = options.reason === '' ? `offboarding ${nameOf(scope)}` : options.reason;
  for (let next = nextStep(items); next !== undefined; next = nextStep(items)) {
    const { step, ready, blocked } = next;
    const acted = await act(ready, surroundings, output, { reason, wait: options.wait });
    done.push(...acted.done);
    ({ items, stays } = await list());
    const left = [...acted.left, ...blocked.map(sentence)];
    if (left.length > 0) return end(exitCodes.unfinished, left);
    const came = items.filter(({ title }) => !shown.has(title));
    const again = items.filter((item) => item.step === step && acted.done.includes(item.title));
    if (came.length + again.length > 0) return end(exitCodes.unfinished, [...came, ...again].map(({ title }) => `${title} came meanwhile, and you did not see it. Run the same command again.`));
  }
  output.line(`Nothing of ${nameOf(scope)} is there any more.`);
  return end(exitCodes.ok, []);
}

const sentence = ({ title, blocked }: Item): string => `${title}: ${blocked?.why ?? ''}${(blocked?.commands ?? []).map((command) => `\n  ${command}`).join('')}`;
