import { type Browser, chromium } from 'playwright-core';
import { findBrowser } from '../../local/browser.mjs';

export const found = await findBrowser();

/** It talks to nobody but the servers of the test. */
export async function launch(): Promise<Browser> {
  if ('missing' in found) throw new Error(found.missing);
  const quiet = ['gpu', 'quic', 'background-networking', 'component-update', 'sync'].map((what) => `--disable-${what}`);
  return await chromium.launch({ executablePath: found.path, args: ['--no-sandbox', '--no-first-run', ...quiet] });
}
