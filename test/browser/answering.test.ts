import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { until } from '../fakes/until.ts';
import { door, heading, stranger, text, visit, withBrowser } from './stage.ts';
import { theNewerRelease } from './the-question.ts';
import type { Door } from './world.ts';

/** One yes more than robin's is needed. */
const threeOfPlatform = { quorums: [{ from: 'platform', approvers: ['alex', 'robin', 'lee', 'kim'], required: 4 }] };

const robins = ({ world }: Door) => world.question().votes.filter(({ approver }) => approver === 'robin').map(({ decision, reason }) => [decision, reason]);

withBrowser('answering on the approval page in a browser', () => {
  it('takes a yes from the keyboard alone, and says so', async () => {
    const here = await door();
    const { page, errors } = await visit(here.page());
    await page.keyboard.press('Tab');
    await page.keyboard.type('Looked at all 25 changes.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Thank you').waitFor();
    expect(await heading(page)).toBe('Thank you: yes');
    expect(await text(page)).toContain('orders-48-9c41e07b goes to prod now.');
    expect(robins(here)).toEqual([['approve', 'Looked at all 25 changes.']]);
    expect(here.world.question()).toMatchObject({ state: 'approved' });
    expect(here.world.question().votes.at(-1)).toMatchObject({ standsFor: ['sam'], channel: 'link' });
    expect(errors).toEqual([]);
  });

  it('takes a no with the space bar, and nothing by Enter in the reason', async () => {
    const here = await door();
    const { page } = await visit(here.page());
    await page.keyboard.press('Tab');
    await page.keyboard.type('Not on a Friday.');
    await page.keyboard.press('Enter');
    await page.keyboard.type('Ask again on Monday: “naïve” <b>→</b> 日本');
    expect(robins(here)).toEqual([]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.getByText('Thank you').waitFor();
    expect(await text(page)).toContain('orders-48-9c41e07b does not go to prod.');
    expect(robins(here)).toEqual([['reject', 'Not on a Friday.\r\nAsk again on Monday: “naïve” <b>→</b> 日本']]);
    expect(here.world.question().state).toBe('rejected');
  });

  it('takes an answer without JavaScript', async () => {
    const here = await door();
    const { page } = await visit(here.page(), { javaScriptEnabled: false });
    expect(await heading(page)).toBe('orders wants to go to prod');
    await page.getByLabel('Reason').fill('Without a script.');
    await page.getByRole('button', { name: 'Yes, execute exactly this' }).click();
    await page.getByText('Thank you: yes').waitFor();
    expect(robins(here)).toEqual([['approve', 'Without a script.']]);
  });

  it('lets an author say no and nothing else', async () => {
    const here = await door();
    const { page } = await visit(here.page('kim'));
    expect(await page.getByRole('button').allInnerTexts()).toEqual(['No']);
    // Not even by a form that was bent.
    await page.evaluate(`document.querySelector('button').value = 'approve'`);
    await page.getByRole('button').click();
    await page.getByText('Your answer did not count').waitFor();
    expect(here.world.question()).toMatchObject({ state: 'waiting', votes: [{ approver: 'alex' }, { approver: 'lee' }] });
  });

  it('is calm when somebody goes back after answering: what is left is no', async () => {
    const here = await door(threeOfPlatform);
    const { page } = await visit(here.page());
    await page.getByRole('button', { name: 'Yes' }).click();
    await page.getByText('1 more yes is needed.').waitFor();
    await page.goBack();
    await page.getByText('You have said yes.').waitFor();
    expect(await page.getByRole('button').allInnerTexts()).toEqual(['No']);
    expect(robins(here)).toEqual([['approve', '']]);
  });

  it('is calm when somebody goes back after the last answer: there is nothing to answer', async () => {
    const here = await door();
    const { page } = await visit(here.page());
    await page.getByRole('button', { name: 'Yes' }).click();
    await page.getByText('Thank you').waitFor();
    await page.goBack();
    await page.getByText('Nothing to answer').waitFor();
    expect(await text(page)).toContain('You said yes');
    expect(await page.getByRole('button').count()).toBe(0);
  });

  it.each([['that is still open', threeOfPlatform], ['that is decided by it', {}]])('counts an answer once that is sent again, to a question %s', async (_, approval) => {
    const here = await door(approval);
    const { page } = await visit(here.page());
    await page.getByRole('button', { name: 'Yes' }).click();
    await page.getByText('Thank you').waitFor();
    const { state } = here.world.question();
    await page.reload();
    await page.getByText('Thank you').waitFor({ state: 'detached' });
    expect(here.asked.filter((line) => line.startsWith('POST'))).toHaveLength(2);
    expect(await heading(page)).not.toMatch(/work|error/i);
    expect(robins(here)).toEqual([['approve', '']]);
    expect(here.world.question().state).toBe(state);
  });

  it('counts an answer once that is pressed again while the first is on its way', async () => {
    const here = await door(threeOfPlatform);
    const { readRegistry } = here.world;
    Object.assign(here.world, { readRegistry: async (table: string) => (await sleep(400), await readRegistry(table)) });
    const { page } = await visit(here.page());
    const button = page.getByRole('button', { name: 'Yes' });
    await button.scrollIntoViewIfNeeded();
    const { x = 0, y = 0 } = (await button.boundingBox()) ?? {};
    for (let click = 0; click < 3; click += 1) {
      await page.mouse.click(x + 20, y + 20);
      await sleep(100);
    }
    await page.locator('form').waitFor({ state: 'detached' });
    await until('the answer is written', () => Promise.resolve(robins(here).length > 0));
    expect(robins(here)).toEqual([['approve', '']]);
    expect(await text(page)).toMatch(/Thank you|open the link again/);
  });

  it('takes no answer from a page that was left open for longer than an hour', async () => {
    const here = await door();
    const { page } = await visit(here.page());
    here.world.clock = new Date(here.world.clock.getTime() + 61 * 60_000);
    await page.getByRole('button', { name: 'Yes' }).click();
    await page.getByText('open the link again').waitFor();
    expect(robins(here)).toEqual([]);
    await page.goto(here.page());
    await page.getByRole('button', { name: 'Yes' }).click();
    await page.getByText('Thank you: yes').waitFor();
  });

  it.each([
    ['the same person answered in the first', { votes: undefined }, 'robin has answered already.', threeOfPlatform],
    ['it was decided meanwhile', { state: 'rejected' }, 'It was rejected already.', {}],
    ['a newer release took its place', { state: 'superseded', supersededBy: theNewerRelease().id }, 'It was superseded by orders-49-d07a55e1.', {}],
    ['it was planned anew', { digest: 'b'.repeat(64) }, 'What was shown is not what waits now. Look at the plan again.', {}],
  ] as const)('refuses the older form of a second tab calmly: %s', async (_, meanwhile, sentence, approval) => {
    const here = await door({ ...approval });
    const { page } = await visit(here.page());
    const second = await page.context().newPage();
    await second.goto(here.page());
    if ('votes' in meanwhile) {
      await page.getByRole('button', { name: 'Yes' }).click();
      await page.getByText('Thank you').waitFor();
    } else here.world.change(meanwhile);
    const before = here.world.question();
    await second.getByRole('button', { name: 'Yes' }).click();
    await second.getByText('Your answer did not count').waitFor();
    expect(await text(second)).toContain(sentence);
    expect(here.world.question()).toEqual(before);
  });

  it.each(['127.0.0.1', 'localhost'])('decides nothing by a form of another page, sent from %s, which knows everything', async (host) => {
    const here = await door();
    const { page } = await visit(here.page());
    const hidden = async (name: string) => `<input name="${name}" value="${(await page.locator(`input[name=${name}]`).getAttribute('value')) ?? ''}">`;
    const foreign = await stranger(`<form method="post" action="${here.page()}">${await hidden('digest')}${await hidden('nonce')}<button name="decision" value="approve">Win</button></form>`);
    const elsewhere = await page.context().newPage();
    await elsewhere.goto(foreign.origin.replace('127.0.0.1', host));
    const [response] = await Promise.all([elsewhere.waitForResponse(here.page()), elsewhere.getByRole('button').click()]);
    expect(response.status()).toBe(403);
    expect(await heading(elsewhere)).toBe('That answer came from another page');
    expect(robins(here)).toEqual([]);
    // And the person's own form is as good as it was.
    await page.getByRole('button', { name: 'Yes' }).click();
    await page.getByText('Thank you: yes').waitFor();
    expect(robins(here)).toEqual([['approve', '']]);
  });

  it('cannot be put into the frame of another page', async () => {
    const here = await door();
    const foreign = await stranger(`<iframe src="${here.page()}"></iframe>`);
    const { page, errors } = await visit(foreign.origin);
    expect(errors.join()).toMatch(/frame/i);
    expect(await page.frames()[1]?.locator('form').count()).toBe(0);
  });
});
