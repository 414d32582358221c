import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInputError } from '../../domain/errors.ts';
import { zipFolder } from '../folder-zip.ts';
import type { Made, Workshop } from '../workshop.ts';

/** A folder as it is. Whoever finds its AppSpec at the root can deploy it (CodeDeploy User Guide, "Add an application specification file to a revision"). */
export function codedeploy({ request, root, out }: Workshop): Promise<Made> {
  const { revision = '' } = request.steps;
  const folder = join(root, revision);
  if (!existsSync(join(folder, 'appspec.yml'))) throw new InvalidInputError(`Packaging: there is no ${revision}/appspec.yml in the repository at this commit.`);
  const file = 'revision.zip';
  writeFileSync(join(out, file), zipFolder(folder));
  return Promise.resolve({ templates: [], revision: { file } });
}
