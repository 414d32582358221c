// `npm run bench`: what a release costs, measured in the local cloud, side by side with the tools that people use today.
import { rm } from 'node:fs/promises';
import { build } from '../esbuild.config.mjs';
import { Town } from '../test/local/town.ts';
import { answers } from './answers.ts';
import { bundles } from './bundles.ts';
import { costs } from './costs.ts';
import { tools } from './tools.ts';
import { hundred } from './hundred.ts';
import { print } from './print.ts';

const town = await Town.build();
try {
  print('Calls in one target (AssumeRole included) and state transitions', await costs(town));
  print('Approvals', await answers(town));
  print('A hundred pushes to one application, no answer but to the last', await hundred(town));
  print('The same stack, deployed by each, wall seconds', await tools(town));
} finally {
  await town.close();
}
print('Functions', await bundles(await build()));
await rm('.drawbridge/bench', { recursive: true, force: true });
