import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlackDialog, SlackReference } from '../../../contracts/slack.ts';
import { questionOf } from '../../../domain/question.ts';
import { environmentLines } from '../../../domain/release-summary.ts';
import { decisionDialog, detailsDialog, escaped, questionMessage, type SlackMessage } from '../../../domain/slack-messages.ts';
import { loudMessage, releaseMessage } from '../../../domain/slack-notices.ts';
import { checkContent, checkModal } from '../../../local/slack-blocks.ts';
import { anApproval, aRecord, aRelease, aVote } from '../../fakes/samples.ts';

/** What Slack takes as the text of a message (Slack: "chat.postMessage"). */
const longestText = 40_000;
const hostile = '<!channel> <@U0EVE> <https://evil.example.com|Approve> &lt;!here&gt; & *bold*\n> quoted\u0000\u202e';

/** Slack itself would refuse it otherwise. */
const postable = ({ text, blocks }: SlackMessage) => checkContent({ text, blocks }, longestText);
/** All that a person would read of it. */
const shown = (content: unknown) => JSON.stringify(content);
/** What is read as markup: of a message also the text for its notification. */
const marked = (content: unknown): string[] => {
  if (typeof content !== 'object' || content === null) return [];
  const { type, text } = content as { readonly type?: unknown; readonly text?: unknown };
  return [...(typeof text === 'string' && type !== 'plain_text' ? [text] : []), ...Object.values(content).flatMap((inside) => marked(inside))];
};
const markup = /<[!@#](?!date\^)|<https?:\/\/evil/;

const anyText = fc.array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.constantFrom(hostile, '&'.repeat(400), '<'.repeat(1000), '😀'.repeat(700), '', '\n\n')), { maxLength: 4 }).map((parts) => parts.join(''));
const anyQuestion = fc
  .record({ text: anyText, reason: anyText.map((text) => text.slice(0, 1000)), many: fc.integer({ min: 0, max: 60 }), state: fc.constantFrom('waiting', 'approved', 'rejected', 'expired', 'superseded'), breakGlass: fc.boolean() })
  .map(({ text, reason, many, state, breakGlass }) => {
    const several = Array.from({ length: many }, (_, index) => String(index));
    const approval = anApproval({
      state, application: text, because: several.map(() => text), otherCommits: many, historyCut: many > 30,
      quorums: [{ from: 'platform', approvers: ['alex', ...several.map((index) => `approver-${index}`)], required: 1 }],
      commits: several.slice(0, 50).map(() => ({ commit: 'c'.repeat(40), author: text, message: text })),
      votes: several.map((index) => aVote({ approver: `approver-${index}`, reason, breakGlass, decision: index === '7' ? 'reject' : 'approve' })),
    });
    return questionOf(approval, [aRecord(), ...several.map((index) => aRecord({ target: `t${index}`, risks: [text, reason] }))]);
  });

describe('what Slack would refuse', () => {
  it('is never in a question, however much there is to say', () => {
    fc.assert(fc.property(anyQuestion, fc.integer({ min: 0, max: 300 }), (question, people) => void postable(questionMessage(question, Array.from({ length: people }, (_, index) => `U${String(index).padStart(20, '0')}`)))));
  });

  it('is never in a dialog', () => {
    fc.assert(
      fc.property(anyQuestion, fc.constantFrom('approve' as const, 'reject' as const), (question, decision) => {
        checkModal(decisionDialog(question, decision, 'C0SHOP'));
        checkModal(detailsDialog(question));
      }),
    );
  });

  it('is never in what is said of a release', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 60 }), fc.constantFrom('failed', 'deployed', undefined), (text, many, outcome) => {
        const release = aRelease({ branch: text, message: text, author: { name: text, email: '' }, reason: text, outcome });
        const lines = Array.from({ length: many }, () => ({ environment: 'prod', state: 'failed', reason: text, urls: [`https://example.com/${'a&'.repeat(500)}`, text] }));
        postable(releaseMessage(release, lines));
        postable(loudMessage({ kind: 'ended', about: 'environment', release: release.id, application: 'orders', environment: 'prod', outcome, text: text === '' ? 'x' : text }));
      }),
    );
  });
});

describe('what Slack would read as markup', () => {
  const question = questionOf(
    anApproval({ application: hostile, because: [hostile], commits: [{ commit: 'c'.repeat(40), author: hostile, message: hostile }], votes: [aVote({ decision: 'reject', reason: hostile })] }),
    [aRecord({ risks: [hostile], reason: hostile })],
  );

  it.each<[string, unknown]>([
    ['a question that waits', questionMessage(question, [])],
    ['a question that ended', questionMessage({ ...question, approval: { ...question.approval, state: 'rejected' } }, [])],
    ['the dialog', decisionDialog(question, 'approve', 'C0SHOP')],
    ['the details', detailsDialog(question)],
    ['a release', releaseMessage(aRelease({ branch: hostile, message: hostile, author: { name: hostile, email: '' }, reason: hostile, outcome: 'failed' }), [{ environment: 'dev', state: 'failed', reason: hostile, urls: [hostile, 'https://evil.example.com|good>'] }])],
    ['a loud notice', loudMessage({ kind: 'break-glass', about: 'environment', release: 'orders-12-3f2a9c1b', application: 'orders', environment: 'prod', text: hostile })],
  ])('is not in %s', (_, content) => {
    expect(marked(content).filter((text) => markup.test(text))).toEqual([]);
    expect(marked(content).join('\n')).toContain('&lt;!channel&gt;');
  });

  it.each([
    ['a < b & c > d', 300, 'a &lt; b &amp; c &gt; d'],
    ['&lt;', 300, '&amp;lt;'],
    ['one\ntwo', 300, 'one two'],
    ['&&&&', 12, '&amp;&amp;…'],
    ['a'.repeat(12), 10, `${'a'.repeat(9)}…`],
  ])('is written so that %j within %i characters is %j', (text, longest, expected) => {
    expect(escaped(text, longest)).toBe(expected);
  });
});

describe('a question', () => {
  const question = questionOf(anApproval({ otherCommits: 4 }), [aRecord({ risks: Array.from({ length: 14 }, (_, index) => `Risk ${String(index)}.`) })]);
  const actions = (message: SlackMessage) => message.blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));

  it('has buttons that carry which question and which plan, and no more', () => {
    const buttons = actions(questionMessage(question, ['U0ALEX']));
    expect(buttons.map((button) => ('action_id' in button ? button.action_id : ''))).toEqual(['approve', 'reject', 'details']);
    for (const button of buttons) expect(SlackReference.strict().parse(JSON.parse('value' in button ? (button.value ?? '') : ''))).toEqual({ approval: 'f'.repeat(32), digest: 'a'.repeat(64) });
  });

  it('calls those who are asked while it waits, and nobody afterwards', () => {
    expect(shown(questionMessage(question, ['U0ALEX', 'U0ROBIN']))).toContain('*1 yes more*. <@U0ALEX> <@U0ROBIN>');
    const ended = questionMessage({ ...question, approval: anApproval({ state: 'approved' }) }, ['U0ALEX']);
    expect(shown(ended)).not.toContain('U0ALEX');
    expect(shown(ended)).toContain('Approved.');
    expect(actions(ended)).toEqual([]);
  });

  it('says how much more there is than it shows', () => {
    const text = shown(questionMessage(question, []));
    expect(text).toContain('Risk 9.\\nand 4 more');
    expect(text).toContain('3f2a9c1b Kim: Add a table\\nand 4 more');
  });

  it('is answered with a reason, which a no needs and a yes does not', () => {
    for (const [decision, optional] of [['approve', true], ['reject', false]] as const) {
      const dialog = decisionDialog(question, decision, 'C0SHOP');
      expect(SlackDialog.parse(JSON.parse(dialog.private_metadata ?? ''))).toEqual({ approval: 'f'.repeat(32), digest: 'a'.repeat(64), channel: 'C0SHOP', decision });
      expect(dialog.blocks.at(-1)).toMatchObject({ type: 'input', block_id: 'reason', optional });
    }
  });

  it('shows in its details the whole digest, and why it is asked', () => {
    const text = shown(detailsDialog(question));
    expect(text).toContain('a'.repeat(64));
    expect(text).toContain('no rule lets it pass');
  });
});

describe('what is said of a release', () => {
  const environments = [
    { release: aRelease().id, environment: 'dev', state: 'ended', attempt: '1', outcome: 'deployed', updatedAt: '' },
    { release: aRelease().id, environment: 'prod', state: 'ended', attempt: '1', outcome: 'failed', reason: 'Queue: refused', updatedAt: '' },
  ] as const;
  const release = aRelease({ outcome: 'failed', reason: 'prod failed.', configuration: { build: { kind: 'sam', templates: [{ path: 't' }] }, environments: ['dev', 'prod', 'live'].map((name) => ({ name, targets: [] })), remarks: [] } });
  const lines = environmentLines(release, environments, [aRecord({ outputs: { Url: 'https://dev.example.com', Arn: 'arn:x' } })]);

  it('is how it stands everywhere, in the order of promotion, with addresses and what to do', () => {
    expect(lines).toEqual([
      { environment: 'dev', state: 'deployed', reason: undefined, urls: ['https://dev.example.com'] },
      { environment: 'prod', state: 'failed', reason: 'Queue: refused', urls: [] },
      { environment: 'live', state: 'to come', reason: undefined, urls: [] },
    ]);
    const texts = releaseMessage(release, lines).blocks.flatMap((block) => (block.type === 'section' ? [block.text?.text] : []));
    expect(texts).toEqual([
      '*orders* `3f2a9c1b` on main by Kim: Add a table',
      '✅ *dev*: deployed <https://dev.example.com>\n❌ *prod*: failed – Queue: refused\n⚪ *live*: to come',
      'prod failed.\n_Mend it and push again, or try it again: drawbridge retry orders-12-3f2a9c1b_',
    ]);
  });

  it('is loud where the glass was broken', () => {
    expect(shown(loudMessage({ kind: 'break-glass', about: 'environment', release: release.id, application: 'orders', environment: 'prod', text: 'alex broke the glass.' }))).toContain('*GLASS BROKEN* *orders*, prod (orders-12-3f2a9c1b): alex broke the glass.');
  });
});
