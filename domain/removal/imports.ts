import type { Target } from '../../contracts/release.ts';

/** An export of a stack, and the names of the stacks that import it. */
export interface Import {
  readonly name: string;
  readonly importers: readonly string[];
}

type Place = Pick<Target, 'account' | 'region' | 'stackName'>;

/** A nested stack is called after the outer one, its logical id in that, and letters and digits that CloudFormation adds. */
const isPartOf = ({ stackName }: Pick<Place, 'stackName'>, name: string): boolean => name === stackName || (name.startsWith(`${stackName}-`) && /^[A-Za-z0-9]+-[A-Z0-9]{8,}$/.test(name.slice(stackName.length + 1)));

const outside = (imports: readonly Import[], stays: (importer: string) => boolean): Import[] =>
  imports.map(({ name, importers }) => ({ name, importers: importers.filter(stays) })).filter(({ importers }) => importers.length > 0);

const listed = (imports: readonly Import[]): string => imports.map(({ name, importers }) => `${importers.join(' and ')} ${importers.length === 1 ? 'imports' : 'import'} its export ${name}`).join('; ');

const sentence = ({ stackName, account, region }: Place, imports: readonly Import[]): string | undefined =>
  imports.length === 0
    ? undefined
    : `Removing ${stackName} in ${account}, ${region}: ${listed(imports)}, and AWS deletes no stack whose exports are in use. Remove what imports it, or let it be without the import, then retry the release.`;

/** Why a stack cannot be deleted now. What is nested in it goes with it. */
export const heldByImports = (target: Place, imports: readonly Import[]): string | undefined => sentence(target, outside(imports, (importer) => !isPartOf(target, importer)));

interface Planned {
  /** Why it cannot be deleted, whatever is removed before it. */
  readonly held: string | undefined;
  readonly remarks: readonly string[];
}

/**
 * What imports mean while a removal is planned: what goes in the same removal, and not after it, holds nothing back.
 * Exports are of one account and Region, so importers are in those too.
 * @param going all that is removed, itself among them
 */
export function plannedImports(target: Place & Pick<Target, 'wave'>, going: readonly (Place & Pick<Target, 'wave'>)[], imports: readonly Import[]): Planned {
  const others = outside(imports, (importer) => !isPartOf(target, importer));
  const before = going.filter(({ account, region, wave }) => account === target.account && region === target.region && wave >= target.wave);
  const goes = (importer: string) => before.some((it) => isPartOf(it, importer));
  return {
    held: sentence(target, outside(others, (importer) => !goes(importer))),
    remarks: outside(others, goes).map((it) => `${listed([it])}: that must be gone before.`),
  };
}
