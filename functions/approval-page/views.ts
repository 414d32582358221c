import { html, raw } from 'hono/html';
import type { Approval } from '../../contracts/approval.ts';
import type { Change, Plan, TargetRecord } from '../../contracts/plan.ts';
import type { Release } from '../../contracts/release.ts';

type Html = ReturnType<typeof html>;

const style = `
:root{color-scheme:light dark;--line:#8884;--bad:#b3261e;--good:#146c2e}
@media(prefers-color-scheme:dark){:root{--bad:#ffb4ab;--good:#7bdc8f}}
*{box-sizing:border-box}
body{font:1rem/1.5 system-ui,sans-serif;max-width:48rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}
h1{font-size:1.4rem}h2{font-size:1.15rem;margin-top:2rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dd{margin:0}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .5rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
.risk{color:var(--bad);font-weight:600}
form{border-top:2px solid var(--line);margin-top:2rem;padding-top:1rem}
label{display:block;font-weight:600}textarea{width:100%;font:inherit;padding:.5rem}
button{font:inherit;font-weight:600;padding:.6rem 1.4rem;margin:.8rem .8rem 0 0;border:2px solid currentColor;border-radius:.4rem;background:none;cursor:pointer}
button.yes{color:var(--good)}button.no{color:var(--bad)}
:focus-visible{outline:3px solid #4a90e2;outline-offset:2px}
@media(max-width:30rem){dl{grid-template-columns:1fr}dt{font-weight:600}}
`;

export const styleSource = style;

const page = (title: string, body: Html): Html =>
  html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title><style>${raw(style)}</style></head>
<body><main>${body}</main></body>
</html>`;

/** A calm page for everything that is not a question. */
export const notice = (title: string, text: string): Html => page(title, html`<h1>${title}</h1><p>${text}</p>`);

const words: Readonly<Record<string, string>> = { Add: 'Added', Import: 'Imported', Remove: 'Deleted', Modify: 'Changed', Dynamic: 'Known when executed', SyncWithActual: 'Brought in line' };

const what = ({ action, replacement }: Change): string =>
  replacement === 'True' ? 'Replaced' : replacement === 'Conditional' ? 'Perhaps replaced' : (words[action] ?? action);

const changed = ({ details, scope }: Change): string => [...new Set(details.map(({ name, attribute }) => name ?? attribute))].join(', ') || scope.join(', ');

const weight: Readonly<Record<string, number>> = { Deleted: 0, Replaced: 1, 'Perhaps replaced': 2, Changed: 3, Added: 4 };

function changes(plan: Plan | undefined): Html {
  if (plan === undefined) return html`<p>Nothing changes here.</p>`;
  if (plan.outputsOnly) return html`<p>Only the stack's outputs change.</p>`;
  const rows = [...plan.changes].sort((a, b) => (weight[what(a)] ?? 5) - (weight[what(b)] ?? 5));
  return html`<table><thead><tr><th scope="col">What</th><th scope="col">Resource</th><th scope="col">In it</th></tr></thead><tbody>${rows.map(
    (change) => html`<tr><td>${what(change)}</td><td>${change.logicalId}<br><small>${change.type}</small></td><td>${changed(change)}</td></tr>`,
  )}</tbody></table>`;
}

export interface Question {
  readonly approval: Approval;
  readonly approver: string;
  readonly release: Release;
  readonly targets: readonly { readonly record: TargetRecord; readonly plan: Plan | undefined }[];
  readonly nonce: string;
}

/** The question, with what exactly would happen: what is dangerous comes first. */
export function question({ approval, approver, release, targets, nonce }: Question): Html {
  const risks = targets.flatMap(({ record }) => (record.risks ?? []).map((risk) => `${record.target}: ${risk}`));
  const yeses = approval.votes.filter(({ decision }) => decision === 'approve').map((vote) => vote.approver);
  return page(
    `${approval.application}: ${approval.environment}`,
    html`<h1>${approval.application} wants to go to ${approval.environment}</h1>
<dl><dt>Release</dt><dd>${release.id}</dd><dt>Commit</dt><dd>${release.commit.slice(0, 8)} on ${release.branch}</dd><dt>Author</dt><dd>${release.author.name}</dd><dt>Message</dt><dd>${release.message}</dd>
<dt>Plan</dt><dd><code>${approval.digest.slice(0, 16)}</code></dd><dt>Needs</dt><dd>${String(approval.required)} of ${approval.approvers.join(', ')}${yeses.length === 0 ? '' : html`; yes so far: ${yeses.join(', ')}`}</dd><dt>Expires</dt><dd>${approval.expiresAt.slice(0, 16).replace('T', ' ')} UTC</dd></dl>
${risks.length === 0 ? '' : html`<h2>Look at these first</h2><ul>${risks.map((risk) => html`<li class="risk">${risk}</li>`)}</ul>`}
${targets.map(({ record, plan }) => html`<h2>${record.stackName} <small>in ${record.account}, ${record.region}</small></h2>${changes(plan)}`)}
<form method="post"><input type="hidden" name="digest" value="${approval.digest}"><input type="hidden" name="nonce" value="${nonce}">
<label for="reason">Reason</label><textarea id="reason" name="reason" rows="2" maxlength="1000"></textarea>
<button class="yes" name="decision" value="approve">Yes, execute exactly this</button><button class="no" name="decision" value="reject">No</button>
<p><small>You answer as ${approver}.</small></p></form>`,
  );
}
