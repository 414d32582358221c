import { defineConfig } from 'vitest/config';

const seconds = 1000;

/** One project a folder of test/. Tests that bring up a cloud of their own go one file after the other. */
const project = (name, { test, hook, alone = false }) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: test * seconds,
    hookTimeout: hook * seconds,
    fileParallelism: !alone,
    sequence: { groupOrder: alone ? 1 : 0 },
  },
});

export default defineConfig({
  test: {
    // A test left alone with .only would let all the others pass unseen.
    allowOnly: false,
    projects: [
      project('unit', { test: 10, hook: 10 }),
      project('contract', { test: 30, hook: 30 }),
      project('browser', { test: 60, hook: 60 }),
      project('workflow', { test: 90, hook: 90, alone: true }),
      project('local', { test: 180, hook: 180, alone: true }),
    ],
  },
});
