/** Rule of SNS: fewer than 100 characters, no line breaks or control characters (SNS API: Publish). */
export function subjectOf(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').replaceAll(/\s+/g, ' ').trim();
  return plain.length < 100 ? plain : `${Array.from(plain).slice(0, 96).join('')}…`;
}

interface Question {
  readonly application: string;
  readonly environment: string;
  readonly release: string;
  readonly commit: string;
  readonly author: string;
  readonly message: string;
  readonly summary: readonly string[];
  readonly url: string;
  readonly expiresAt: string;
}

/** A line of a commit message or a name from outside, kept on its line. */
const line = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 500);

/** The mail that asks an approver. The link only shows; the answer is given on the page behind it. */
export function approvalMail(question: Question): { readonly subject: string; readonly text: string } {
  const { application, environment, release, commit, author, message, summary, url, expiresAt } = question;
  return {
    subject: subjectOf(`${application}: ${environment} waits for you (${release})`),
    text: [
      `${application} wants to go to ${environment}.`,
      '',
      `Release: ${release}`,
      `Commit:  ${commit.slice(0, 8)} by ${line(author)}`,
      `         ${line(message)}`,
      '',
      ...summary.map((it) => `- ${line(it)}`),
      '',
      'Look at the plan and answer here. This link is yours alone; do not pass it on:',
      url,
      '',
      `It expires on ${expiresAt.replace('T', ' at ').replace(/\.\d+Z$/, ' UTC')}.`,
    ].join('\n'),
  };
}
