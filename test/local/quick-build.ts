import { BatchGetProjectsCommand, CodeBuildClient, UpdateProjectCommand } from '@aws-sdk/client-codebuild';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { stringify } from 'yaml';
import type { Packed } from '../../contracts/packed.ts';
import type { Credentials } from '../../local/cloud.ts';
import { sha256 } from '../../domain/digest.ts';

/** The list of what was built comes last. The SDK lies above every build here, and starts in a fifth of the time of the command line. */
const upload = `
const { readFileSync } = require("node:fs");
const { PutObjectCommand, S3Client } = require("@aws-sdk/client-s3");
const { ARTIFACT_BUCKET: Bucket, ARTIFACT_KEY_ARN: SSEKMSKeyId, PLACE, LIST } = process.env;
const client = new S3Client({});
const put = (name, Body) => client.send(new PutObjectCommand({ Bucket, Key: PLACE + name, Body, ServerSideEncryption: "aws:kms", SSEKMSKeyId }));
put("template.yaml", readFileSync("template.yaml")).then(() => put("release.json", LIST));
`;

/** What a client of the SDK needs to be an administrator of the tools account. */
interface Client {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}

/** Where what is built is not what a test is about, the template is taken as it is: one short command in place of four. */
export async function buildQuickly(tools: Client, application: string): Promise<void> {
  const [codeBuild, iam] = [new CodeBuildClient(tools), new IAMClient(tools)];
  const { projects } = await codeBuild.send(new BatchGetProjectsCommand({ names: [`drawbridge-build-${application}`] }));
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: projects?.[0]?.serviceRole?.split('/').at(-1) }));
  const place = `incoming/${application}/${Role?.RoleId ?? ''}:AWSCodeBuild-\${CODEBUILD_BUILD_ID#*:}/`;
  const list = JSON.stringify({ version: 1, templates: [{ file: 'template.yaml' }] } satisfies Packed);
  const commands = [`export DRAWBRIDGE_SHA256=${sha256(list)}`, `PLACE="${place}" LIST='${list}' node -e '${upload}'`];
  await codeBuild.send(new UpdateProjectCommand({ name: `drawbridge-build-${application}`, source: { type: 'CODECOMMIT', location: projects?.[0]?.source?.location, buildspec: stringify({ version: 0.2, env: { 'exported-variables': ['DRAWBRIDGE_SHA256'] }, phases: { build: { commands } } }) } }));
}
