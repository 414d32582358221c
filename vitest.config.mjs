import { defineConfig } from 'vitest/config';

const seconds = 1000;

const alone = ['test/unit/{aws,runtime}/**/*.test.ts'];

/** One project a folder of test/. Tests that bring up a cloud of their own go so many files at a time, when the others are done. */
const project = (name, { test, hook, clouds, ...more }) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: test * seconds,
    hookTimeout: hook * seconds,
    ...(clouds === undefined ? {} : { maxWorkers: clouds, globalSetup: 'test/bundle-once.ts' }),
    sequence: { groupOrder: clouds ?? 0 },
    ...more,
  },
});

export default defineConfig({
  test: {
    // A test left alone with .only would let all the others pass unseen.
    allowOnly: false,
    // Vitest leaves one processor free for itself, which it hardly uses; of two that is half.
    maxWorkers: '100%',
    projects: [
      // Most of the time of a small file goes to loading what it tests, so these share it. What replaces a part of the SDK, or of a
      // module, has its own.
      project('unit', { test: 10, hook: 10, isolate: false, exclude: alone }),
      project('alone', { test: 10, hook: 10, include: alone }),
      project('contract', { test: 60, hook: 60 }),
      project('browser', { test: 60, hook: 60 }),
      project('workflow', { test: 90, hook: 90, clouds: 1 }),
      project('local', { test: 400, hook: 240, clouds: 3 }),
    ],
  },
});
