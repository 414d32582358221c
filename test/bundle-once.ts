import { fileURLToPath } from 'node:url';
import { bundleForAll } from '../local/bundles.ts';

/** Before the first of the test files that bring up a cloud. */
export default async function bundleOnce(): Promise<void> {
  await bundleForAll(fileURLToPath(new URL('../dist', import.meta.url)));
}
