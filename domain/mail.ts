import type { EnvironmentReport } from '../contracts/report.ts';
import { checksTitle } from './checks.ts';
import { wayBackTitle } from './going-back.ts';
import { type Question, wishOf } from './question.ts';
import { at } from './utc.ts';

/** Cut to so many characters as programs count them, with no half of a pair at the end. */
const cut = (text: string, longest: number): string => (text.length <= longest ? text : `${text.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`);

/** Rule of SNS: fewer than 100 characters, no line breaks or control characters (SNS API: Publish). */
export function subjectOf(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').replaceAll(/\s+/g, ' ').trim();
  return plain.length < 100 ? plain : cut(plain, 97);
}

/** A line of a commit message or a name from outside, kept on its line. */
export const oneLine = (text: string, longest = 300): string => cut(text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim(), longest);

/** A mail shows the first of a list; the page behind the link shows more. */
const mostLines = 25;

function listed(lines: readonly string[], besides = 0): string[] {
  const left = Math.max(0, lines.length - mostLines) + besides;
  return [...lines.slice(0, mostLines).map((line) => `- ${oneLine(line)}`), ...(left > 0 ? [`- and ${String(left)} more`] : [])];
}

/** The mail that asks an approver, or reminds them. The link only shows; the answer is given on the page behind it. */
export function approvalMail(question: Question, url: string, kind: 'waiting' | 'reminder'): { readonly subject: string; readonly text: string } {
  const { approval, halted, needs, answers, totals, risks, targets, checks, wayBack, commits, commitsTitle } = question;
  const { application, environment, release, digest, expiresAt, otherCommits } = approval;
  return {
    subject: subjectOf(`${kind === 'reminder' ? 'Reminder: ' : ''}${application}: ${environment} waits for you (${release})`),
    text: [
      `${wishOf(approval)}.`,
      ...halted.map((line) => oneLine(line, 2000)),
      '',
      `Release: ${release}`,
      `Plan:    ${digest.slice(0, 16)}`,
      `Needs:   ${needs}`,
      ...(answers.length === 0 ? [] : ['So far:', ...listed(answers)]),
      '',
      `What would happen: ${totals}`,
      ...listed(targets.map(({ title, what }) => `${title}: ${what}`)),
      ...(risks.length === 0 ? [] : ['', 'Look at these first:', ...listed(risks)]),
      ...(checks.length === 0 ? [] : ['', `${checksTitle}:`, ...listed(checks)]),
      ...(wayBack.length === 0 ? [] : ['', `${wayBackTitle}:`, ...listed(wayBack)]),
      '',
      `${commitsTitle}:`,
      ...listed(commits.map(({ commit, author, message }) => `${commit.slice(0, 8)} ${oneLine(author, 60)}: ${oneLine(message, 200)}`), otherCommits),
      '',
      'Look at the plan and answer here. This link is yours alone; do not pass it on:',
      url,
      '',
      `It expires on ${at(expiresAt)}.`,
    ].join('\n'),
  };
}

/** The mail that says that an environment is halted, or goes on. */
export const haltMail = ({ kind, environment, text }: Pick<EnvironmentReport, 'kind' | 'environment' | 'text'>): { readonly subject: string; readonly text: string } => ({
  subject: subjectOf(`${environment} ${kind === 'halted' ? 'is halted' : 'goes on'}`),
  text: [oneLine(text, 5000), '', kind === 'halted' ? `Nothing starts there until "drawbridge resume ${environment}". A yes that you give meanwhile deploys nothing.` : 'What ended there meanwhile may be tried again: drawbridge releases'].join('\n'),
});
