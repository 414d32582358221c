import { BranchDoesNotExistException, CodeCommitClient, CommitDoesNotExistException, FileDoesNotExistException, GetBranchCommand, GetCommitCommand, GetDifferencesCommand, GetFileCommand, GetFolderCommand } from '@aws-sdk/client-codecommit';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { branchHead, readCommit, readFile, tagCommit } from '../../../aws/codecommit.ts';
import { differs } from '../../../aws/differences.ts';
import { readSourceFiles } from '../../../aws/source-files.ts';

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

  it('tells the commit of a tag by its full name, for a branch may be called the same, and that a tag is gone', async () => {
    codeCommit.on(GetFolderCommand).resolvesOnce({ commitId: 'c' }).rejects(new CommitDoesNotExistException({ message: 'x', $metadata: {} }));
    expect([await tagCommit('orders', 'v1'), await tagCommit('orders', 'v1')]).toEqual(['c', undefined]);
    expect(codeCommit.commandCalls(GetFolderCommand)[0]?.args[0].input).toEqual({ repositoryName: 'orders', commitSpecifier: 'refs/tags/v1', folderPath: '/' });
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
    expect(await readSourceFiles({ kind: 'codecommit', repository: 'orders' }, 'c')).toEqual(found);
  });

  it('are looked for in the folder of the application', async () => {
    holds({ 'drawbridge.yaml': 'root', 'services/orders/template.yaml': 't' });
    expect(await readSourceFiles({ kind: 'codecommit', repository: 'orders' }, 'c', 'services/orders')).toEqual({ ...nothing, template: { path: 'template.yaml', text: 't' } });
  });
});

describe('what differs between two commits', () => {
  const at = (path: string) => ({ changeType: 'M' as const, beforeBlob: { path }, afterBlob: { path } });
  const compare = (wanted: string) => differs('orders', 'a', 'b', (path) => path === wanted);
  const asked = () => codeCommit.commandCalls(GetDifferencesCommand).map(({ args }) => args[0].input);

  it('is read page by page, until something matters', async () => {
    codeCommit.on(GetDifferencesCommand).resolvesOnce({ differences: [at('one')], NextToken: '2' }).resolvesOnce({ differences: [at('two')], NextToken: '3' }).rejects(new Error('nobody needs the third page'));
    expect(await compare('two')).toBe('yes');
    expect(asked()).toEqual([undefined, '2'].map((NextToken) => ({ repositoryName: 'orders', beforeCommitSpecifier: 'a', afterCommitSpecifier: 'b', MaxResults: 100, NextToken })));
  });

  it('may be nothing that matters, on the last page too', async () => {
    codeCommit.on(GetDifferencesCommand).resolvesOnce({ differences: [at('one')], NextToken: '2' }).resolves({ differences: [] });
    expect(await compare('two')).toBe('no');
  });

  it('counts a path that something was moved away from', async () => {
    codeCommit.on(GetDifferencesCommand).resolves({ differences: [{ changeType: 'D', beforeBlob: { path: 'old' } }, { changeType: 'M', beforeBlob: { path: 'from' }, afterBlob: { path: 'to' } }] });
    expect([await compare('old'), await compare('from'), await compare('to'), await compare('other')]).toEqual(['yes', 'yes', 'yes', 'no']);
  });

  it('is not known where a commit is gone, or where it is too much', async () => {
    codeCommit.on(GetDifferencesCommand).rejectsOnce(new CommitDoesNotExistException({ message: 'x', $metadata: {} })).resolves({ differences: [at('one')], NextToken: 'more' });
    expect([await compare('two'), await compare('two')]).toEqual(['unknown', 'unknown']);
    expect(asked()).toHaveLength(21);
  });

  it('is trouble where it may not be read', async () => {
    codeCommit.on(GetDifferencesCommand).rejects(Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' }));
    await expect(compare('two')).rejects.toMatchObject({ name: 'AccessDeniedError' });
  });
});
