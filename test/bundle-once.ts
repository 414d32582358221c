import { build } from '../esbuild.config.mjs';

/** Before the first of the test files that bring up a cloud. */
export default async function bundleOnce(): Promise<void> {
  await build();
  process.env['DRAWBRIDGE_BUNDLES'] = 'built';
}
