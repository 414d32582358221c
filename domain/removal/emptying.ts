import type { OwnedStore } from '../../contracts/plan.ts';
import type { Target } from '../../contracts/release.ts';

/** Of what the plan names, what the stack owns still. By its name alone a bucket may be somebody else's by now. */
export const stillOwned = (stores: readonly OwnedStore[], owned: readonly { readonly logicalId: string; readonly physicalId: string }[]): OwnedStore[] =>
  stores.filter((store) => owned.some(({ logicalId, physicalId }) => logicalId === store.logicalId && physicalId === store.name));

type Place = Pick<Target, 'account' | 'stackName'>;

const parameters: Readonly<Record<OwnedStore['type'], string>> = { 'AWS::S3::Bucket': 'DisposableBucketArns', 'AWS::ECR::Repository': 'DisposableRepositoryArns' };
const words: Readonly<Record<OwnedStore['type'], string>> = { 'AWS::S3::Bucket': 'bucket', 'AWS::ECR::Repository': 'repository' };

const doing = ({ logicalId, type, name }: OwnedStore, { stackName, account }: Place) => `Removing the stack ${stackName} in ${account}: its ${words[type]} ${name} (${logicalId}) must be empty before AWS deletes it`;

/** Its account does not let us empty it. */
export const mayNotEmpty = (store: OwnedStore, place: Place, why: string): string =>
  `${doing(store, place)}, and the role drawbridge-execute may not empty it (${why.replace(/\.$/, '')}). Name it in ${parameters[store.type]} of infra/target-account.yaml in that account, or empty it by hand; then retry the release.`;

/** AWS keeps some of it: object lock, a legal hold, a policy of the bucket. */
export const staysFull = (store: OwnedStore, place: Place, why: string): string => `${doing(store, place)}, and AWS does not delete ${why.replace(/\.$/, '')}. Lift what protects it, or empty it by hand; then retry the release.`;
