import { beforeEach, describe, expect, it } from 'vitest';
import { aPageThatAsks } from '../../fakes/approval-page.ts';
import type { ApprovalWorld } from '../../fakes/approval-world.ts';

let world: ApprovalWorld;
let page: ReturnType<typeof aPageThatAsks>['page'];
let link: string;

beforeEach(() => {
  ({ world, page, link } = aPageThatAsks());
});

describe('a question in an environment that is halted', () => {
  beforeEach(() => {
    world.halt = { environment: 'dev', reason: '<b>the sale</b>', by: 'alex', at: '2026-01-01T08:00:00.000Z' };
  });

  it('says so, as it is when the page is opened', async () => {
    expect(await page.shown(link)).toContain('dev is halted since 2026-01-01 at 08:00 UTC by alex: &lt;b&gt;the sale&lt;/b&gt;. A yes now would deploy nothing');
    world.halt = undefined;
    expect(await page.shown(link)).not.toContain('halted');
  });

  it('thanks for a yes without a promise', async () => {
    const thanks = await (await page.answer(link, 'approve')).text();
    expect(thanks).toContain('The yes counts, but nothing happens now: dev is halted by alex');
    expect(thanks).not.toContain('goes to dev now');
  });
});
