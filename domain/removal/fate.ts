import { isMapping, type Mapping } from './mapping.ts';

/** What becomes of a resource when its stack is deleted. */
export type Fate = 'deleted' | 'retained' | 'snapshot' | 'unknown';

/** RetainExceptOnCreate deletes only what a failed creation made, so here it is Retain (CloudFormation User Guide, "DeletionPolicy attribute"). */
const fates: Readonly<Record<string, Fate>> = { Delete: 'deleted', Retain: 'retained', RetainExceptOnCreate: 'retained', Snapshot: 'snapshot' };

/** Without a policy these leave a snapshot behind; an instance only where it is in no cluster (same place). */
const snapshotByDefault = (type: string, properties: Mapping): boolean => type === 'AWS::RDS::DBCluster' || (type === 'AWS::RDS::DBInstance' && properties['DBClusterIdentifier'] === undefined);

/**
 * @param declared the resource in its template after the transforms; `undefined` where the template does not name it any more
 */
export function fateOf(type: string, declared: unknown): { readonly fate: Fate; readonly policy: string } {
  const resource = isMapping(declared) ? declared : {};
  const policy = resource['DeletionPolicy'];
  if (policy === undefined) {
    const properties = isMapping(resource['Properties']) ? resource['Properties'] : {};
    return snapshotByDefault(type, properties) ? { fate: 'snapshot', policy: 'Snapshot' } : { fate: 'deleted', policy: 'Delete' };
  }
  // A policy may be a function, which a transform resolves; where one is left nobody knows.
  return typeof policy === 'string' ? { fate: fates[policy] ?? 'unknown', policy } : { fate: 'unknown', policy: 'unknown' };
}

/** CloudFormation empties such a repository itself. */
export const isEmptiedByItself = (declared: unknown): boolean => {
  const properties = isMapping(declared) ? declared['Properties'] : undefined;
  return isMapping(properties) && (properties['EmptyOnDelete'] === true || properties['EmptyOnDelete'] === 'true');
};
