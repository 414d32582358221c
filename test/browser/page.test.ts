import axe, { type AxeResults } from 'axe-core';
import type { BrowserContextOptions } from 'playwright-core';
import { expect, it } from 'vitest';
import { door, text, visit, withBrowser, type Visit } from './stage.ts';
import { aVote } from '../fakes/samples.ts';
import { theApproval, theNewerRelease } from './the-question.ts';

/** What people meet behind their link, each with words by which it is known. */
interface Screen { readonly name: string; readonly says: string; readonly approval?: Parameters<typeof door>[0]; readonly link?: string; readonly press?: string }

const used = { state: 'approved', votes: [...theApproval().votes, aVote({ approver: 'robin', at: '2026-03-03T09:41:00.000Z' })] } as const;
const screens: readonly Screen[] = [
  { name: 'the question', says: 'orders wants to go to prod' },
  { name: 'what an author sees', says: 'so you can only say no', link: 'kim' },
  { name: 'what is left after a yes', says: 'You have said yes', link: 'alex' },
  { name: 'the thanks for a yes', says: 'Thank you: yes', press: '.yes' },
  { name: 'the thanks for a no', says: 'Thank you: no', press: '.no' },
  { name: 'a used link', says: 'You said yes on 2026-03-03 at 09:41 UTC.', approval: { ...used, votes: [...used.votes] } },
  { name: 'a superseded question', says: 'd07a55e1 by Jules Okafor', approval: { state: 'superseded', supersededBy: theNewerRelease().id } },
  { name: 'an expired question', says: 'Nobody answered in time', approval: { state: 'expired' } },
  { name: 'an unknown link', says: 'This link leads nowhere', link: 'nobody' },
];

async function meet({ approval, link, press, says }: Screen, options?: BrowserContextOptions): Promise<Visit> {
  const visited = await visit((await door(approval)).page(link), options);
  if (press !== undefined) await visited.page.click(press);
  await visited.page.getByText(says).first().waitFor();
  return visited;
}

/** Run in the page: what sticks out of it or out of its own box, and text too small to read. */
const unreadable = `[...document.querySelectorAll('main, main *')].flatMap((element) => {
  const { left, right, width } = element.getBoundingClientRect();
  const say = (what) => element.localName + ' ' + what + ': ' + element.textContent.slice(0, 60);
  return width === 0 ? [] : [
    ...(left < 0 || right > document.documentElement.clientWidth + 0.5 ? [say('sticks out')] : []),
    ...(element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1 ? [say('is cut off')] : []),
    ...(parseFloat(getComputedStyle(element).fontSize) < 12 ? [say('is too small')] : []),
  ];
}).concat(document.documentElement.scrollWidth > document.documentElement.clientWidth ? ['the page scrolls sideways'] : [])`;

/** Run in the page: what has the focus, and how that is shown. */
const focused = `(() => {
  const { id, value, localName } = document.activeElement;
  const { top, bottom } = document.activeElement.getBoundingClientRect();
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
  return [id || value || localName, outlineStyle, outlineWidth, top >= 0 && bottom <= innerHeight ? 'in sight' : 'out of sight'].join(' ');
})()`;

/** Run in the page: tries to run a script in it. */
const smuggle = `(() => {
  const script = document.createElement('script');
  script.textContent = 'window.ran = true';
  document.body.append(script);
  return typeof window.ran;
})()`;

withBrowser('the approval page in a browser', () => {
  it('leads the Tab key to the reason, yes and no, and shows where it is', async () => {
    const { page } = await visit((await door()).page());
    const stops: string[] = [];
    for (const key of ['Tab', 'Tab', 'Tab', 'Shift+Tab']) {
      await page.keyboard.press(key);
      stops.push(await page.evaluate<string>(focused));
    }
    expect(stops).toEqual(['reason', 'approve', 'reject', 'approve'].map((name) => `${name} solid 3px in sight`));
  });

  it.each(screens.map((screen) => [screen.name, screen] as const))('fits into 320 pixels, all of it readable and every button 44 high: %s', async (_, screen) => {
    const { page } = await meet(screen, { viewport: { width: 320, height: 568 }, isMobile: true, hasTouch: true });
    expect(await page.evaluate<string[]>(unreadable)).toEqual([]);
    for (const button of await page.locator('button').all()) expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  });

  it('says each change in a few lines at 320 pixels', async () => {
    const { page } = await visit((await door()).page(), { viewport: { width: 320, height: 568 } });
    const rows = await page.locator('tbody tr').all();
    expect(rows).toHaveLength(25);
    for (const row of rows) expect((await row.boundingBox())?.height).toBeLessThan(5 * 24 + 16);
  });

  it('keeps its lines short and its table a table at 1280 pixels', async () => {
    const { page } = await visit((await door()).page());
    expect(await page.evaluate<string[]>(unreadable)).toEqual([]);
    expect((await page.locator('main').boundingBox())?.width).toBeLessThan(900);
    expect(await page.getByRole('columnheader').allInnerTexts()).toEqual(['What', 'Resource', 'Properties', 'What', 'Resource', 'Properties']);
    expect(await page.getByRole('row').filter({ hasText: 'PaymentEvents' }).innerText()).toMatch(/^Replaced\s+PaymentEvents AWS::SQS::Queue\s+FifoQueue$/);
  });

  it('shows the dangers before the plans, and the plans before the form', async () => {
    const { page } = await visit((await door()).page());
    const all = await text(page);
    const parts = ['6 added, 10 changed, 2 replaced, 3 perhaps replaced, 4 deleted', 'Look at these first', 'Answers so far', 'eu: orders-prod', 'us: orders-prod', 'edge: orders-prod-edge', '12 commits since orders-41-2b7700c1', 'Yes, execute exactly this'];
    expect(parts.filter((part) => all.includes(part)).sort((a, b) => all.indexOf(a) - all.indexOf(b))).toEqual(parts);
  });

  it('fits its width when everything is enlarged to 200 %, and when the text alone is', async () => {
    const address = (await door()).page();
    const enlarged = await visit(address, { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
    expect(await enlarged.page.evaluate<string[]>(unreadable)).toEqual([]);
    const { page } = await visit(address);
    await (await page.context().newCDPSession(page)).send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
    await page.reload();
    expect(await page.evaluate<string>('getComputedStyle(document.body).fontSize')).toBe('32px');
    expect(await page.evaluate<string[]>(unreadable)).toEqual([]);
  });

  it('loads nothing besides itself, and breaks no rule of its own policy', async () => {
    const here = await door();
    const address = here.page();
    const { page, errors, loaded } = await visit(address);
    await page.waitForLoadState('networkidle');
    expect(loaded).toEqual([address]);
    expect(here.asked).toEqual([`GET ${new URL(address).pathname}`]);
    expect(errors).toEqual([]);
    // The policy is in force.
    expect(await page.evaluate<string>(smuggle)).toBe('undefined');
    expect(errors.join()).toContain('Content Security Policy');
  });

  it.each(screens.map((screen) => [screen.name, screen] as const))('gives axe nothing to complain about, dark and light, narrow and wide: %s', async (_, screen) => {
    // Only axe itself needs to get past the policy.
    const { page } = await meet(screen, { bypassCSP: true });
    await page.evaluate(axe.source);
    const complaints: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [320, 1280]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        const { violations, incomplete } = await page.evaluate<AxeResults>(`axe.run({ rules: { 'target-size': { enabled: true } } })`);
        for (const { id, help, nodes } of [...violations, ...incomplete]) complaints.push(`${colorScheme}, ${String(width)} px, ${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`);
      }
    }
    expect(complaints).toEqual([]);
  });

  it('has a dark and a light face', async () => {
    const { page } = await visit((await door()).page());
    const papers: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      papers.push(await page.evaluate<string>('getComputedStyle(document.body).backgroundColor'));
    }
    expect(papers).toEqual(['rgb(255, 255, 255)', 'rgb(22, 22, 26)']);
  });
});
