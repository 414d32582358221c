import { html, raw } from 'hono/html';
import type { Approval } from '../../contracts/approval.ts';
import type { Halt } from '../../contracts/halt.ts';
import type { Change, Plan, TargetRecord } from '../../contracts/plan.ts';
import type { Release } from '../../contracts/release.ts';
import { checksTitle } from '../../domain/checks.ts';
import { wayBackTitle } from '../../domain/going-back.ts';
import { oneLine } from '../../domain/mail.ts';
import { questionOf, whatOf, wishOf } from '../../domain/question.ts';
import { keptLine } from '../../domain/removal/plan.ts';
import { shortName } from '../../domain/reference.ts';
import { at } from '../../domain/utc.ts';
import { style } from './style.ts';

type Html = ReturnType<typeof html>;

const page = (title: string, body: Html): Html =>
  html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title><style>${raw(style)}</style></head>
<body><main>${body}</main></body>
</html>`;

/** A calm page for everything that is not a question. */
export const notice = (title: string, text: string): Html => page(title, html`<h1>${title}</h1><p>${text}</p>`);

/** What a page may hold besides its frame and its headings, in bytes: it stays under 50 KB. */
const room = 36_000;
const heading = 460;
const answersRoom = 4_000;
const listHeading = 180;

/** Nothing on a page has to be waited for. */
const sizeOf = (row: Html): number => (row instanceof Promise ? 0 : Buffer.byteLength(row.toString()));

/** Gives out the room of a page: what does not fit is counted, never dropped unsaid. */
class Room {
  #left: number;

  constructor(size: number) {
    this.#left = size;
  }

  rows<T>(items: readonly T[], show: (item: T) => Html): { readonly shown: readonly Html[]; readonly left: number } {
    const shown: Html[] = [];
    for (const item of items) {
      const row = show(item);
      this.#left -= sizeOf(row) + (shown.length === 0 ? listHeading : 0);
      if (this.#left < 0) break;
      shown.push(row);
    }
    return { shown, left: items.length - shown.length };
  }
}

const more = (left: number, release: string): Html | string => (left === 0 ? '' : html`<p class="quiet">And ${String(left)} more. All of it: <code>drawbridge show ${release}</code></p>`);

const words: Readonly<Record<string, string>> = { Add: 'Added', Import: 'Taken over', Remove: 'Deleted', Modify: 'Changed', Dynamic: 'Known when executed', SyncWithActual: 'Brought in line' };

const what = ({ action, replacement, follows }: Change): string =>
  follows === true ? 'Follows' :
  action === 'Modify' && replacement === 'True' ? 'Replaced' : action === 'Modify' && replacement === 'Conditional' ? 'Perhaps replaced' : (words[action] ?? action);

const tone: Readonly<Record<string, string>> = { Deleted: 'bad', Replaced: 'bad', 'Perhaps replaced': 'warn', 'Known when executed': 'warn', Added: 'good' };

const changed = ({ details, scope }: Change): string => [...new Set(details.map(({ name, attribute }) => name ?? attribute))].join(', ') || scope.join(', ');

const weight: Readonly<Record<string, number>> = { Deleted: 0, Replaced: 1, 'Perhaps replaced': 2, 'Known when executed': 3, Changed: 4, Added: 5 };

/** Long names break between their words, where they must. */
const breakable = (text: string): (Html | string)[] => (text.length < 20 ? [text] : text.split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[:/])(?=[A-Za-z])/).map((part, index) => (index === 0 ? part : html`<wbr>${part}`)));

const list = (title: string, { shown }: { shown: readonly Html[] }): Html | string => (shown.length === 0 ? '' : html`<h3>${title}</h3><ul>${shown}</ul>`);

const effectLine = (tone: 'bad' | 'good', word: string, text: string): Html => html`<li><span class="${tone}">${word}</span> <code>${breakable(text)}</code></li>`;

function planned(plan: Plan, space: Room): Html {
  const access = space.rows(plan.access, ({ effect, text }) => effectLine(effect === 'widens' ? 'bad' : 'good', effect === 'widens' ? 'Wider' : 'Narrower', oneLine(text, 400)));
  const network = space.rows(plan.network, ({ effect, text }) => effectLine(effect === 'opens' ? 'bad' : 'good', effect === 'opens' ? 'Opened' : 'Closed', oneLine(text, 300)));
  const parameters = space.rows(plan.parameterChanges, ({ name, before, after }) => html`<li><code>${oneLine(name, 100)}</code>: ${oneLine(before ?? 'not set', 150)} → ${oneLine(after ?? 'not set', 150)}</li>`);
  const rows = space.rows(
    [...plan.changes].sort((a, b) => (weight[what(a)] ?? 6) - (weight[what(b)] ?? 6)),
    (change) => html`<tr><td class="${tone[what(change)] ?? ''}">${what(change)}</td><td>${breakable(oneLine(change.logicalId, 150))} <small>${breakable(oneLine(change.type, 100))}</small></td><td>${oneLine(changed(change), 200)}</td></tr>`,
  );
  const steps = space.rows(plan.steps ?? [], ({ text, done }) => html`<li>${done ? html`<span class="good">As it is</span> ` : ''}${breakable(oneLine(text, 400))}</li>`);
  const stays = space.rows(plan.kept ?? [], (resource) => html`<li>${breakable(oneLine(keptLine(resource), 400))} <small>DeletionPolicy ${oneLine(resource.policy, 40)}</small></li>`);
  const left = access.left + network.left + parameters.left + rows.left + steps.left + stays.left;
  return html`${plan.drift === 'DRIFTED' ? html`<p class="warn">The stack was changed by other means since it was deployed (drift).</p>` : ''}
${list('Who may do what', access)}${list('Networks', network)}${list('Parameters', parameters)}
${plan.outputsOnly ? html`<p>Only the stack’s outputs change: no resource is touched.</p>` : rows.shown.length === 0 ? '' : html`<h3>Resources</h3><table><thead><tr><th scope="col">What</th><th scope="col">Resource</th><th scope="col">Properties</th></tr></thead><tbody>${rows.shown}</tbody></table>`}${list('After the stack', steps)}${list('Stays behind, owned by no stack', stays)}${more(left, plan.release)}`;
}

export interface Asked {
  readonly approval: Approval;
  readonly approver: string;
  readonly standsFor: readonly string[];
  /** They wrote or pushed a commit of the release, and may only say no. */
  readonly author: boolean;
  readonly release: Release;
  readonly targets: readonly { readonly record: TargetRecord; readonly plan: Plan | undefined }[];
  readonly nonce: string;
  readonly halt: Halt | undefined;
}

const whose = (release: Release): Html =>
  release.mode === 'remove'
    ? html`<dt>Asked by</dt><dd>${oneLine(release.author.name, 60)}: ${oneLine(release.message, 200)}</dd>`
    : html`<dt>Commit</dt><dd>${release.commit.slice(0, 8)} on ${oneLine(shortName(release), 100)} by ${oneLine(release.author.name, 60)}: ${oneLine(release.message, 200)}</dd>`;

/** The question, with what exactly would happen: what is dangerous comes first. */
export function question({ approval, approver, standsFor, author, release, targets, nonce, halt }: Asked): Html {
  const space = new Room(room - targets.length * heading);
  const { halted, needs, stillNeeds, answers, totals, risks, checks, wayBack, commits, commitsTitle } = questionOf(approval, targets.map(({ record }) => record), halt);
  const dangers = space.rows(risks, (risk) => html`<li>${breakable(oneLine(risk, 400))}</li>`);
  // Where there are several, the dangers above name the target.
  const several = targets.length > 1;
  const sections = targets.map(
    ({ record, plan }) => html`<section><h2>${several ? `${record.target}: ` : ''}${record.stackName} <small>in ${record.account}, ${record.region}</small></h2><p>${whatOf(record)}</p>${plan === undefined ? '' : planned(plan, space)}</section>`,
  );
  const given = new Room(answersRoom).rows(answers, (answer) => html`<li>${oneLine(answer, 400)}</li>`);
  const checked = space.rows(checks, (check) => html`<li>${breakable(oneLine(check, 400))}</li>`);
  const brought = space.rows(commits, ({ commit, author: by, message }) => html`<li><code>${commit.slice(0, 8)}</code> ${oneLine(by, 60)}: ${oneLine(message, 200)}</li>`);
  return page(
    `${approval.application}: ${approval.environment}`,
    html`<h1>${wishOf(approval)}</h1>
<p class="totals">${totals}</p>${halted.map((line) => html`
<p class="warn">${oneLine(line, 2000)}</p>`)}
<dl><dt>Release</dt><dd>${release.id}</dd>${whose(release)}
<dt>Plan</dt><dd><code>${approval.digest.slice(0, 16)}</code></dd><dt>Needs</dt><dd>${needs}; ${stillNeeds}</dd><dt>Expires</dt><dd>${at(approval.expiresAt)}</dd></dl>
${dangers.shown.length === 0 ? '' : html`<div class="first"><h2>Look at these first</h2><ul>${dangers.shown}</ul>${more(dangers.left, release.id)}</div>`}
${approval.because.length === 0 ? '' : html`<p class="quiet">You are asked because: ${oneLine(approval.because.slice(0, 3).join(' '), 600)}</p>`}
${answers.length === 0 ? '' : html`<h2>Answers so far</h2><ul>${given.shown}</ul>${more(given.left, release.id)}`}
${sections}
${checks.length === 0 ? '' : html`<section><h2>${checksTitle}</h2><ul>${checked.shown}</ul>${more(checked.left, release.id)}</section>`}
${wayBack.length === 0 ? '' : html`<section><h2>${wayBackTitle}</h2><ul>${wayBack.map((line) => html`<li>${breakable(oneLine(line, 400))}</li>`)}</ul></section>`}
<section><h2>${commitsTitle}</h2><ul>${brought.shown}</ul>${more(brought.left + approval.otherCommits, release.id)}</section>
${answerForm({ approval, approver, standsFor, author, nonce })}`,
  );
}

function answerForm({ approval, approver, standsFor, author, nonce }: Pick<Asked, 'approval' | 'approver' | 'standsFor' | 'author' | 'nonce'>): Html {
  const said = approval.votes.some((vote) => vote.approver === approver && vote.decision === 'approve');
  const why = author ? (approval.removes === true ? 'You asked for this removal, so you can only say no.' : 'You wrote or pushed a commit of this release, so you can only say no.') : said ? 'You have said yes. Until it is decided you can still say no.' : '';
  return html`<form method="post"><input type="hidden" name="digest" value="${approval.digest}"><input type="hidden" name="nonce" value="${nonce}">
${why === '' ? '' : html`<p>${why}</p>`}
<label for="reason">Reason <small>(optional)</small></label><textarea id="reason" name="reason" rows="2" maxlength="1000"></textarea>
${author || said ? '' : html`<button class="yes" name="decision" value="approve">${approval.removes === true ? 'Yes, remove exactly this' : 'Yes, execute exactly this'}</button>`}<button class="no" name="decision" value="reject">No</button>
<p class="quiet">You answer as ${approver}${standsFor.length === 0 ? '' : `, also for ${standsFor.join(', ')}`}.</p></form>`;
}
