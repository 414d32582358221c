import { bundleForAll } from '../local/bundles.ts';

/** Before the first of the test files that bring up a cloud. */
export default bundleForAll;
