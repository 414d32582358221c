import { BatchGetProjectsCommand, CodeBuildClient, UpdateProjectCommand } from '@aws-sdk/client-codebuild';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { stringify } from 'yaml';
import type { Packed } from '../../contracts/packed.ts';
import { sha256 } from '../../domain/digest.ts';
import type { Town } from './town.ts';

/** Where what is built is not what a test is about, the template is taken as it is: one command in place of four. */
export async function buildQuickly(town: Town, application: string): Promise<void> {
  const [codeBuild, iam] = [new CodeBuildClient(town.client()), new IAMClient(town.client())];
  const { projects } = await codeBuild.send(new BatchGetProjectsCommand({ names: [`drawbridge-build-${application}`] }));
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: projects?.[0]?.serviceRole?.split('/').at(-1) }));
  const place = `s3://$ARTIFACT_BUCKET/incoming/${application}/${Role?.RoleId ?? ''}:AWSCodeBuild-\${CODEBUILD_BUILD_ID#*:}/`;
  const list = JSON.stringify({ version: 1, templates: [{ file: 'template.yaml' }] } satisfies Packed);
  const commands = [
    `mkdir left && cp template.yaml left && printf '%s' '${list}' > left/release.json`,
    `export DRAWBRIDGE_SHA256=${sha256(list)}`,
    `aws s3 cp --only-show-errors --recursive --sse aws:kms --sse-kms-key-id "$ARTIFACT_KEY_ARN" left "${place}"`,
  ];
  await codeBuild.send(new UpdateProjectCommand({ name: `drawbridge-build-${application}`, source: { type: 'CODECOMMIT', location: projects?.[0]?.source?.location, buildspec: stringify({ version: 0.2, env: { 'exported-variables': ['DRAWBRIDGE_SHA256'] }, phases: { build: { commands } } }) } }));
}
