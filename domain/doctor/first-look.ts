import type { Finding } from '../../contracts/doctor.ts';
import type { Place } from './target-checks.ts';

/** What is said before the first release into an account and Region, and the one sentence that ends it where something is wrong. */
export function firstLook({ account, region }: Place, environment: string, findings: readonly Finding[]): { readonly says: string; readonly wrong: string | undefined } {
  const where = `${account}, ${region}, before the first release into it`;
  const [bad, ...more] = findings.filter(({ state }) => state === 'bad');
  const good = findings.filter(({ state }) => state === 'good').length;
  const open = findings.filter(({ state }) => state === 'unknown' || state === 'remark').map(({ what, says }) => `${what}: ${says}`);
  return {
    says: `Looked at ${where}: ${String(good)} of ${String(findings.length)} things are good${open.length === 0 ? '' : `; to think about: ${open.join('; ')}`}.`,
    wrong: bad === undefined ? undefined : `Looking at ${where}: ${bad.says.replace(/\.$/, '')}. ${bad.todo}${more.length === 0 ? '' : ` ${String(more.length)} more: "drawbridge doctor ${environment}".`} Then retry the release.`,
  };
}
