// `npm run bench`: what a release costs, measured in the local cloud, side by side with the tools that people use today.
// `npm run bench -- PART...` measures only that.
import { availableParallelism, loadavg } from 'node:os';
import { build } from '../esbuild.config.mjs';
import { Town } from '../test/local/town.ts';
import { answers } from './answers.ts';
import { bundles } from './bundles.ts';
import { costs } from './costs.ts';
import { hundred } from './hundred.ts';
import { sideBySide } from './side-by-side.ts';
import { inSeconds, print } from './print.ts';

const inTown = {
  costs: async (town: Town) => {
    print('Calls in one target (AssumeRole included) and state transitions', await costs(town));
  },
  approvals: async (town: Town) => {
    print('Approvals', await answers(town));
  },
  pushes: async (town: Town) => {
    print('A hundred pushes to one application, no answer but to the last', await hundred(town));
  },
  tools: async (town: Town) => {
    const { building, deploying, bootstrap } = await sideBySide(town);
    print('The same application packaged for one environment: by the plain tool, and by a build of ours. Wall seconds, median of 3', building, [
      'in our build: CodeBuild’s phase BUILD, in which our program is fetched, runs the same tool, makes the result equal and uploads it.',
      'whole build: from StartBuild to its end, with what CodeBuild does itself; here the local cloud does it.',
    ]);
    print('The same application deployed to one environment, created once and updated twice. Wall seconds, median of 3', deploying, [
      'Stacks are instant in the local cloud: what is compared is what each adds to CloudFormation, not CloudFormation.',
      'A tool that looks at a stack every so often finds it done at its first look here; osls waits 5 s before its first.',
      `cdk deploy needs a bootstrapped account; cdk bootstrap was run before and is not counted: ${inSeconds(bootstrap)} s.`,
    ]);
  },
};

const names = [...Object.keys(inTown), 'functions'];
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !names.includes(name));
if (unknown !== undefined) {
  process.stderr.write(`There is no part ${unknown} to measure; there are: ${names.join(', ')}.\n`);
  process.exit(1);
}
const wanted = (name: string) => asked.length === 0 || asked.includes(name);

const load = () => `${String(availableParallelism())} processors, load ${loadavg().map((it) => it.toFixed(1)).join(' ')} (1, 5 and 15 minutes)`;
process.stdout.write(`Before: ${load()}\n`);
const parts = Object.entries(inTown).filter(([name]) => wanted(name));
if (parts.length > 0) {
  const town = await Town.build();
  try {
    for (const [, measure] of parts) await measure(town);
  } finally {
    await town.close();
  }
}
if (wanted('functions')) print('Functions', await bundles(await build()));
process.stdout.write(`\nAfter: ${load()}\n`);
