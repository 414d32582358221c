import { sha256 } from '../../domain/digest.ts';
import type { ReleaseWorld } from './release-world.ts';

/** Where the build `uuid-1` of orders put what it made. */
export const prefix = 'incoming/orders/AROAX:AWSCodeBuild-uuid-1/';

export const functionAt = (uri: string) => `Parameters: { Stage: { Type: String } }\nResources:\n  F: { Type: AWS::Serverless::Function, Properties: { CodeUri: ${uri}, Env: !Ref Stage } }\n`;

/** CodeBuild keeps with the build what it exported. */
export const recorded = (world: ReleaseWorld, packed: string) => {
  world.build({ ...world.builds.get('drawbridge-build-orders:uuid-1'), exported: { DRAWBRIDGE_SHA256: sha256(packed) } });
};

/** A build that left one template, other objects, and whatever else stands in its list. */
export function leftByBuild(world: ReleaseWorld, template: string, objects: Readonly<Record<string, string>> = {}, more: object = {}) {
  const packed = JSON.stringify({ version: 1, templates: [{ file: 'packed/-.yaml' }], files: { 'packed/-.yaml': sha256(template) }, ...more });
  recorded(world, packed);
  for (const [key, body] of Object.entries({ [`${prefix}packed/-.yaml`]: template, [`${prefix}release.json`]: packed, ...objects })) world.objects.set(key, Buffer.from(body));
}
