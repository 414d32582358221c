import { createHash } from 'node:crypto';
import type { Link } from '../../aws/links.ts';
import type { Approval, Delegation, Vote } from '../../contracts/approval.ts';
import type { Environments } from '../../contracts/environments.ts';
import type { Plan } from '../../contracts/plan.ts';
import type { Release } from '../../contracts/release.ts';
import type { Report } from '../../contracts/report.ts';
import type { History } from '../../domain/commit-history.ts';
import { approvalOperation } from '../../domain/approval.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { FakeRecords } from './records.ts';
import { anApproval, aRelease, theRegistry } from './samples.ts';

const principal = (name: string) => `arn:aws:iam::111111111111:role/people/${name}`;

/** As IAM names the session of a person. */
export const sessionOf = (name: string): string => `arn:aws:sts::111111111111:assumed-role/${name}/session`;

/** Five people with every channel, of whom Kim wrote the release; two groups; a Slack workspace. */
export const peopledRegistry = (): Environments => ({
  ...theRegistry(),
  approvers: Object.fromEntries(['alex', 'robin', 'sam', 'kim', 'lee'].map((name) => [name, { email: `${name}@example.com`, slack: `U0${name.toUpperCase()}`, principal: principal(name) }])),
  groups: { platform: ['alex', 'robin'], security: ['sam'] },
  slack: { workspace: 'T0SHOP1', channel: 'C0MAIN1' },
  environments: { dev: { branches: ['main'], disposable: false, targets: [{ account: 'dev', region: 'eu-west-1', wave: 1 }], approval: { approvers: ['alex', 'robin'], expires: '3 days', authorMayApprove: false } } },
});

const hashed = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Questions, answers, links and forms in memory, under the names that the functions use. A write on an old version is refused, as the table refuses it. */
export class ApprovalWorld extends FakeRecords {
  override registry: Environments = peopledRegistry();
  override clock = new Date('2026-01-02T00:00:00.000Z');
  readonly releases = new Map<string, Release>();
  readonly votes: { approval: string; vote: Vote }[] = [];
  readonly delegations: Delegation[] = [];
  readonly links = new Map<string, Link>();
  readonly forms = new Map<string, { link: string; digest: string; until: number }>();
  readonly asked = new Map<string, string>();
  /** Who was said to have done what was reported. */
  readonly doers: (string | undefined)[] = [];
  readonly planned = new Map<string, Plan>();
  history: History = { commits: [], cut: false };
  #made = 0;

  /** A question that waits, with the token of its workflow. */
  ask(fields: Partial<Approval> = {}): Approval {
    const approval = anApproval(fields);
    this.approvals.set(approval.id, { ...approval, version: 1 });
    this.asked.set(`${approval.application}/${approval.environment}`, approval.id);
    this.waits.set(approvalOperation(approval.id), { token: `token-of-${approval.release}`, about: {} });
    this.releases.set(approval.release, aRelease({ id: approval.release }));
    return approval;
  }

  question(id = anApproval().id): Approval & { version: number } {
    const approval = this.approvals.get(id);
    if (approval === undefined) throw new ConfigurationError(`no question ${id}`);
    return approval;
  }

  /** Changes a question behind everybody's back. */
  change(fields: Partial<Approval>, id = anApproval().id): void {
    const before = this.question(id);
    this.approvals.set(id, { ...before, ...fields, version: before.version + 1 });
  }

  link(approver: string, approval = anApproval().id): string {
    const link = `link-of-${approver}-${String((this.#made += 1))}`;
    this.links.set(hashed(link), { approval, approver });
    return link;
  }

  delegate(approver: string, to: string, until = '2026-01-20T00:00:00.000Z'): void {
    this.delegations.push({ approver, to, until, reason: '', from: principal(approver), at: '2026-01-01T12:00:00.000Z' });
  }

  /** How often the workflow of a question went on, and with what. */
  resumed(release = anApproval().release): unknown[] {
    return this.completed.filter(({ token }) => token === `token-of-${release}`).map(({ answer }) => answer);
  }

  override readonly readRelease = (_: string, id: string) => Promise.resolve(this.releases.get(id) ?? this.release);
  readonly findRelease = (id: string) => Promise.resolve(this.releases.get(id));
  readonly listReleases = (_: string, application: string, __: number) => Promise.resolve([...this.releases.values()].filter((it) => it.application === application).map(({ id }) => id));
  readonly listDelegations = (_: string) => Promise.resolve([...this.delegations]);
  readonly readHistory = (_: string, __: string, ___: string | undefined) => Promise.resolve(this.history);
  readonly approvalId = () => String((this.#made += 1)).padStart(32, '0');

  readonly findWaiting = (_: string, application: string, environment: string) => this.findApproval('', this.asked.get(`${application}/${environment}`));
  readonly setWaiting = (_: string, { application, environment, id }: Approval, before: string | undefined) => {
    const place = `${application}/${environment}`;
    const now = this.asked.get(place);
    if (now !== before) return Promise.resolve(false);
    this.asked.set(place, id);
    return Promise.resolve(true);
  };
  readonly writeVote = async (table: string, approval: Approval, vote: Vote, before: number) => {
    const written = await this.writeApproval(table, approval, before);
    if (written) this.votes.push({ approval: approval.id, vote });
    return written;
  };

  readonly findLink = (link: string) => Promise.resolve(this.links.get(hashed(link)));
  readonly makeForm = ({ link, digest }: { link: string; digest: string }) => {
    const nonce = `nonce-${String((this.#made += 1))}`;
    this.forms.set(hashed(nonce), { link: hashed(link), digest, until: this.clock.getTime() + 3_600_000 });
    return Promise.resolve(nonce);
  };
  readonly takeForm = (nonce: string, { link, digest }: { link: string; digest: string }) => {
    const form = this.forms.get(hashed(nonce));
    const fits = form?.link === hashed(link) && form.digest === digest && form.until > this.clock.getTime();
    if (fits) this.forms.delete(hashed(nonce));
    return Promise.resolve(fits);
  };

  override readonly report = (_: unknown, what: Report, __?: Date, by?: string) => {
    this.reports.push(what);
    this.doers.push(by);
    return Promise.resolve();
  };
}
