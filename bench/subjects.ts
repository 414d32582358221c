import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { parametersApplication } from '../test/local/templates.ts';
import type { Application } from '../test/local/town.ts';
import type { Command } from './workplace.ts';

/** Where a tool puts what it packages: the bucket and key that builds use too. */
export interface Upload {
  readonly bucket: string;
  readonly keyArn: string;
  readonly region: string;
}

/** One way to deploy without Drawbridge. */
interface Plain {
  readonly tool: string;
  readonly commands: readonly Command[];
}

/** An application that is measured. */
export interface Subject {
  readonly name: string;
  /** What is pushed in a round. Each round changes the code of every function, or else the stack. */
  files(app: Application, round: number): Promise<Readonly<Record<string, string>>>;
  /** What a build of ours runs of the tool, the same words as in builder/kinds, for the one environment dev. */
  packaging(to: Upload): readonly Command[];
  /** As a person would. */
  readonly deploying: readonly Plain[];
  /** The stacks that each round changes: by our releases, and by the plain tools. */
  readonly stacks: { readonly dev: readonly string[]; readonly staging: readonly string[] };
  /** The output with its address, a path there, and what is answered when it works. */
  readonly answers?: { readonly output: string; readonly path: string; readonly status: number };
}

const upload = ({ bucket, keyArn }: Upload): string[] => ['--s3-bucket', bucket, '--s3-prefix', 'bench', '--kms-key-id', keyArn];

/** An example as it is, but for one environment, and without checks: those are no part of packaging. */
async function ofExample({ folder }: Application, round: number): Promise<Record<string, string>> {
  const { checks: _, ...asked } = parse(await readFile(join(folder, 'drawbridge.yaml'), 'utf8')) as Record<string, unknown>;
  return { 'drawbridge.yaml': stringify({ ...asked, order: ['dev'] }), 'src/round.mjs': `export const round = ${String(round)};\n` };
}

const install: Command = ['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error'];

export const subjects: readonly Subject[] = [
  {
    name: 'parameters',
    files: (_, round) => Promise.resolve(parametersApplication({ values: { One: String(round) }, order: ['dev'] })),
    packaging: (to) => [['aws', 'cloudformation', 'package', '--template-file', 'template.yaml', '--output-template-file', '../out/template.yaml', ...upload(to)]],
    deploying: [
      { tool: 'sam deploy', commands: [['sam', 'deploy', '--template-file', 'template.yaml', '--stack-name', 'by-sam', '--no-confirm-changeset', '--capabilities', 'CAPABILITY_IAM']] },
      { tool: 'aws cloudformation deploy', commands: [['aws', 'cloudformation', 'deploy', '--template-file', 'template.yaml', '--stack-name', 'by-aws']] },
    ],
    stacks: { dev: ['parameters-dev'], staging: ['by-sam', 'by-aws'] },
  },
  {
    name: 'orders',
    files: ofExample,
    packaging: (to) => [
      ['sam', 'build', '--template-file', 'template.yaml', '--build-dir', '../out/built', '--region', to.region],
      ['sam', 'package', '--template-file', '../out/built/template.yaml', '--output-template-file', '../out/template.yaml', '--region', to.region, ...upload(to)],
    ],
    deploying: [
      {
        tool: 'sam build, sam deploy',
        commands: [
          ['sam', 'build'],
          ['sam', 'deploy', '--stack-name', 'orders-dev', '--resolve-s3', '--no-confirm-changeset', '--capabilities', 'CAPABILITY_IAM', '--parameter-overrides', 'Stage=dev'],
        ],
      },
    ],
    stacks: { dev: ['orders-dev'], staging: ['orders-dev'] },
    answers: { output: 'ApiUrl', path: '/', status: 200 },
  },
  {
    name: 'products',
    files: ofExample,
    packaging: ({ region }) => [['osls', 'package', '--config', 'serverless.yml', '--stage', 'dev', '--region', region, '--package', '../out/dev']],
    deploying: [{ tool: 'osls deploy', commands: [['osls', 'deploy', '--stage', 'dev']] }],
    stacks: { dev: ['products-dev'], staging: ['products-dev'] },
    answers: { output: 'HttpApiUrl', path: '/product/find/nothing', status: 404 },
  },
  {
    name: 'notes',
    files: ofExample,
    packaging: () => [
      install,
      ['cdk', 'synth', '--quiet', '--no-version-reporting', '--no-path-metadata', '--no-asset-metadata', '--no-notices', '--no-color', '--output', '../out/dev', '-c', 'environment=dev', '-c', 'stage=dev'],
    ],
    deploying: [{ tool: 'npm ci, cdk deploy', commands: [install, ['cdk', 'deploy', '--all', '--require-approval', 'never', '-c', 'environment=dev']] }],
    stacks: { dev: ['notes-api-dev'], staging: ['notes-api-dev'] },
    answers: { output: 'Url', path: '/notes/nothing', status: 404 },
  },
];
