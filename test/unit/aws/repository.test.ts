import { BranchDoesNotExistException, CodeCommitClient, FileDoesNotExistException, GetBranchCommand, GetCommitCommand, GetFileCommand } from '@aws-sdk/client-codecommit';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { branchHead, readCommit, readFile } from '../../../aws/codecommit.ts';
import { readRepositoryFiles } from '../../../aws/repository-files.ts';

const codeCommit = mockClient(CodeCommitClient);
const missing = new FileDoesNotExistException({ message: 'x', $metadata: {} });

beforeEach(() => {
  codeCommit.reset();
});

const holds = (files: Readonly<Record<string, string>>) => {
  codeCommit.on(GetFileCommand).rejects(missing);
  for (const [filePath, text] of Object.entries(files)) codeCommit.on(GetFileCommand, { filePath }).resolves({ fileContent: Buffer.from(text) });
};

describe('a repository', () => {
  it('tells the head of a branch, and that a branch is gone', async () => {
    codeCommit.on(GetBranchCommand).resolvesOnce({ branch: { commitId: 'c' } }).rejects(new BranchDoesNotExistException({ message: 'x', $metadata: {} }));
    expect([await branchHead('orders', 'main'), await branchHead('orders', 'main')]).toEqual(['c', undefined]);
  });

  it('that may not be read says so', async () => {
    codeCommit.on(GetBranchCommand).rejects(Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' }));
    await expect(branchHead('orders', 'main')).rejects.toMatchObject({ name: 'AccessDeniedError', message: expect.stringContaining('the head of main in orders') as string });
  });

  it('tells who wrote a commit and when, its parents, and its first line', async () => {
    codeCommit.on(GetCommitCommand).resolves({ commit: { author: { name: 'Kim', email: 'kim@example.com' }, committer: { name: 'Alex', email: 'alex@example.com', date: '1484167798 -0800' }, parents: ['b'], message: 'Sell tea\n\nA lot of it.' } });
    expect(await readCommit('orders', 'c')).toEqual({ id: 'c', parents: ['b'], author: { name: 'Kim', email: 'kim@example.com' }, committer: { name: 'Alex', email: 'alex@example.com' }, message: 'Sell tea', committedAt: 1484167798 });
  });

  it('gives a file at a commit', async () => {
    holds({ 'a.yaml': 'größe: 1' });
    expect([await readFile('orders', 'c', 'a.yaml'), await readFile('orders', 'c', 'b.yaml')]).toEqual(['größe: 1', undefined]);
    expect(codeCommit.commandCalls(GetFileCommand)[0]?.args[0].input).toEqual({ repositoryName: 'orders', commitSpecifier: 'c', filePath: 'a.yaml' });
  });
});

describe('the files that say what is asked for', () => {
  const nothing = { drawbridge: undefined, samconfig: undefined, template: undefined };

  it.each([
    [{ 'drawbridge.yaml': 'd', 'samconfig.toml': 's', 'template.yaml': 't' }, { ...nothing, drawbridge: 'd' }],
    [{ 'drawbridge.yml': 'd' }, { ...nothing, drawbridge: 'd' }],
    [{ 'samconfig.toml': 's', 'template.yml': 't' }, { ...nothing, samconfig: 's', template: { path: 'template.yml', text: 't' } }],
    [{ 'template.yaml': 't', 'template.yml': 'other' }, { ...nothing, template: { path: 'template.yaml', text: 't' } }],
    [{}, nothing],
  ])('of %j', async (files, found) => {
    holds(files);
    expect(await readRepositoryFiles('orders', 'c')).toEqual(found);
  });
});
