import { ApplicationName } from '../../contracts/names.ts';
import { InvalidInputError } from '../errors.ts';

/** What is to leave for good. */
export type Scope = { readonly kind: 'application'; readonly application: string } | { readonly kind: 'account'; readonly account: string } | { readonly kind: 'all' };

/** What is deleted besides, only because somebody asked for it. */
export interface Wishes {
  readonly artifacts: boolean;
  readonly evidence: boolean;
}

/** What a person types to say that they mean it. */
export const nameOf = (scope: Scope): string => (scope.kind === 'all' ? 'ALL' : scope.kind === 'account' ? scope.account : scope.application);

export function scopeOf(text: string): Scope {
  if (text === 'ALL') return { kind: 'all' };
  if (/^\d{12}$/.test(text)) return { kind: 'account', account: text };
  const application = ApplicationName.safeParse(text);
  if (!application.success) throw new InvalidInputError(`Offboarding ${text}: name an application, the 12 digits of an account, or ALL.`);
  return { kind: 'application', application: application.data };
}

/** @throws InvalidInputError where what is asked for cannot be told apart from what stays */
export function checkWishes(scope: Scope, { artifacts, evidence }: Wishes): void {
  const doing = `Offboarding ${nameOf(scope)}`;
  if (scope.kind === 'account' && (artifacts || evidence)) throw new InvalidInputError(`${doing}: artifacts and evidence lie in the tools account, none of them in a target account. Leave --artifacts and --evidence away.`);
  if (scope.kind === 'application' && evidence) throw new InvalidInputError(`${doing}: the record is one for all applications, so --evidence goes with ALL only.`);
}
