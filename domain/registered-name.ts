import type { Approval } from '../contracts/approval.ts';
import type { ResolvedEnvironment } from '../contracts/release.ts';

/** What the registered environments know an environment by: a branch's is an instance of one of them. */
export const registeredName = ({ name, registered }: Pick<ResolvedEnvironment, 'name' | 'registered'>): string => registered ?? name;

/** The same of what a question is about. */
export const registeredOf = ({ environment, registered }: Pick<Approval, 'environment' | 'registered'>): string => registeredName({ name: environment, registered });
