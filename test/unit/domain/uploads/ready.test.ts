import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openArchive } from '../../../../domain/uploads/archive.ts';
import { pathFrom, ReadyUpload } from '../../../../domain/uploads/ready.ts';
import { readyList } from '../../../../domain/uploads/ready-list.ts';
import { readZip, writeZip, type ZipFile } from '../../../../domain/zip.ts';
import { archiveOf } from '../../../fakes/archives.ts';

const name = 's3://uploads/orders/ready.zip (version v1)';
const place = { bucket: 'artifacts', prefix: 'uploads/orders/orders-1-00000000', region: 'eu-west-1' };
type Files = Parameters<typeof archiveOf>[0];
const opened = async (files: Files) => openArchive(await archiveOf(files), name);
const upload = async (files: Files) => new ReadyUpload(await opened(files), place);
const key = (rest: string) => `${place.prefix}/${rest}`;
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const list = (fields: object) => JSON.stringify({ version: 1, ...fields });
const refusal = (why: string, todo: string) => expect.objectContaining({ name: 'InvalidInputError', message: `Sealing ${name}: ${why}. ${todo} and upload it again.` }) as Error;

describe('an upload that is ready says what is deployed', () => {
  it.each(['template.yaml', 'template.yml', 'template.json'])('by %s at its root', async (file) => {
    expect(readyList(await opened({ [file]: '', 'nested/template.yaml': '' }), [])).toEqual({ version: 1, templates: [{ file: `template/${file}` }], folders: [] });
  });

  it('by its list, which names templates, values, checks and a revision', async () => {
    const said = { templates: [{ stack: 'api', environment: 'dev', file: 'out/api.yaml', name: 'orders-api', after: ['data'] }], exports: { Version: '7' }, checks: [{ name: 'tests', required: true, passed: true, seconds: 2 }], revision: { file: 'site.zip' } };
    const archive = await opened({ 'release.json': list(said), 'out/api.yaml': '', 'site.zip': '', 'template.yaml': '' });
    expect(readyList(archive, ['web/dist'])).toEqual({ version: 1, ...said, templates: [{ ...said.templates[0], file: 'template/out/api.yaml' }], revision: { file: 'file/site.zip' }, folders: [{ folder: 'web/dist', prefix: 'published/web/dist' }] });
  });

  it.each<[string, Record<string, string>, string, string]>([
    ['nothing', { 'README.md': '' }, 'there is neither release.json nor template.yaml nor template.yml nor template.json at its root', 'Put one of them there'],
    ['two templates', { 'template.yaml': '', 'template.json': '' }, 'there are template.yaml and template.json at its root, and nobody can tell which is meant', 'Leave one of them, or name what is deployed in release.json,'],
    ['a list that is not JSON', { 'release.json': '{' }, 'its release.json is not JSON', 'Correct it'],
    ['a list that names what is not there', { 'release.json': list({ templates: [{ file: 'api.yaml' }] }) }, 'its release.json names api.yaml, but there is no such file in it', 'Put it in, or correct the name,'],
    ['a revision that is not there', { 'release.json': list({ templates: [], revision: { file: 'site.zip' } }) }, 'its release.json names site.zip, but there is no such file in it', 'Put it in, or correct the name,'],
  ])('and is refused with %s', async (_, files, why, todo) => {
    const archive = await opened(files);
    expect(() => readyList(archive, [])).toThrow(refusal(why, todo));
  });

  it.each([
    ['names nothing', { templates: [] }, 'it names neither a template nor a revision'],
    ['says of itself what only a build can know', { templates: [{ file: 'a.yaml' }], files: {} }, 'Unrecognized key: "files"'],
    ['leaves the archive', { templates: [{ file: '../a.yaml' }] }, 'templates.0.file: '],
    ['names a stack twice', { templates: [{ file: 'a.yaml' }, { file: 'b.yaml' }] }, 'one template for each stack and environment'],
    ['says where a secret is kept', { templates: [{ file: 'a.yaml' }], exports: { Password: 'secret:db' } }, 'exports.Password: a value itself'],
  ])('and is refused where its list %s', async (_, fields, words) => {
    const archive = await opened({ 'release.json': list(fields), 'a.yaml': '', 'b.yaml': '' });
    expect(() => readyList(archive, [])).toThrow(`Sealing ${name}: its release.json is not what docs/sources.md says: `);
    expect(() => readyList(archive, [])).toThrow(words);
  });
});

const template = (code: string) => `Resources: { F: { Type: AWS::Lambda::Function, Properties: { Code: ${code} } } }\n`;
const codeOf = (made: Uint8Array) => /"S3Key": "([^"]+)"/.exec(text(made))?.[1] ?? '';

describe('what its templates name', () => {
  it('is a zip, as it lies in the archive', async () => {
    const zip = await archiveOf({ 'index.js': 'code' });
    const ready = await upload({ 'template.yaml': template('./out/code.zip'), 'out/code.zip': zip });
    const made = ready.read(key('template/template.yaml'));
    expect(codeOf(made)).toBe(key('code/out/code.zip'));
    expect(Buffer.from(ready.read(codeOf(made)))).toEqual(zip);
  });

  it('is a folder, of which a zip is made', async () => {
    const ready = await upload({ 'template.yaml': template('out/handler/'), 'out/handler/index.js': 'code', 'out/handler/lib/a.js': 'more', 'out/other.js': '' });
    const zip = readZip(Buffer.from(ready.read(codeOf(ready.read(key('template/template.yaml'))))));
    expect(zip.map((file) => file.name.toString())).toEqual(['index.js', 'lib/a.js']);
  });

  it('is one file of code, of which a zip is made too, and any other file stays what it is', async () => {
    const ready = await upload({ 'template.yaml': `Resources: { F: { Type: AWS::Lambda::Function, Properties: { Code: out/index.js } }, J: { Type: AWS::Glue::Job, Properties: { Command: { ScriptLocation: out/job.py } } } }`, 'out/index.js': 'code', 'out/job.py': 'job' });
    const made = ready.read(key('template/template.yaml'));
    expect(readZip(Buffer.from(ready.read(codeOf(made)))).map((file) => file.name.toString())).toEqual(['index.js']);
    expect(text(made)).toContain(`s3://artifacts/${key('file/out/job.py')}`);
    expect(text(ready.read(key('file/out/job.py')))).toBe('job');
  });

  it('is another template, whose own paths begin where it lies', async () => {
    const ready = await upload({ 'template.yaml': 'Resources: { N: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: infra/nested.yaml } } }', 'infra/nested.yaml': template('../code/'), 'code/index.js': '' });
    expect(text(ready.read(key('template/template.yaml')))).toContain(`https://s3.eu-west-1.amazonaws.com/artifacts/${key('template/infra/nested.yaml')}`);
    expect(codeOf(ready.read(key('template/infra/nested.yaml')))).toBe(key('code/code'));
  });

  it.each([
    ['is not there', template('code.zip'), 'template.yaml refers to code.zip (Code of F), but there is no such file in it', 'Put it in, or correct the path,'],
    ['leads outside', template('../code.zip'), 'template.yaml refers to ../code.zip (Code of F), which leads out of it', 'Correct the path'],
    ['begins at a root', template('/code.zip'), 'template.yaml refers to /code.zip (Code of F), which leads out of it', 'Correct the path'],
    ['is a folder in place of a template', 'Resources: { N: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: infra } } }', 'template.yaml refers to infra (TemplateURL of N), but there is no such file in it', 'Put it in, or correct the path,'],
    ['cannot be told', 'Resources', 'template.yaml is no template, for it has no Resources', 'Correct it'],
  ])('and %s is refused with the names of both', async (_, body, why, todo) => {
    const ready = await upload({ 'template.yaml': body, 'infra/x.yaml': '' });
    expect(() => ready.read(key('template/template.yaml'))).toThrow(refusal(why, todo));
  });

  it.each(['file/none.zip', 'code/none', 'template/none.yaml', 'published/none.html', 'file/%'])('cannot be a key that stands for nothing: %s', async (rest) => {
    const ready = await upload({ 'template.yaml': '' });
    expect(() => ready.read(key(rest))).toThrow(/^Sealing s3:\/\/uploads\/orders\/ready\.zip \(version v1\): something in it refers to .+, but there is no such file in it\. Put it in and upload it again\.$/);
  });

  it('is found whatever it is called', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.stringMatching(/^[ -~äß€😀]{1,12}$/u).filter((part) => !/[/\\]|^\.+$/.test(part)), { minLength: 1, maxLength: 3 }), async (parts) => {
        const path = ['out', ...parts].join('/');
        const ready = await upload({ 'template.json': JSON.stringify({ Resources: { J: { Type: 'AWS::Glue::Job', Properties: { Command: { ScriptLocation: path } } } } }), [path]: 'job' });
        const [, at = ''] = /"s3:\/\/artifacts\/([^"\s?#,[\]{}']+)"/.exec(text(ready.read(key('template/template.json')))) ?? [];
        expect(text(ready.read(at))).toBe('job');
      }),
      { numRuns: 40 },
    );
  });
});

/** An entry as it lies in an archive that packs nothing. */
const stored = (path: string, content: Buffer, fields: Partial<ZipFile> = {}): ZipFile => ({ name: Buffer.from(path), utf8: true, method: 0, crc: crc32(content), size: content.length, attributes: 0, compressed: content, ...fields });

it('a link is no file of it, but goes into the code that it belongs to', () => {
  const link = { attributes: (0o120777 << 16) >>> 0 };
  const archive = openArchive(writeZip([stored('template.yaml', Buffer.from(template('code'))), stored('code/index.js', Buffer.from('code')), stored('code/same.js', Buffer.from('index.js'), link), stored('secret', Buffer.from('/etc/passwd'), link)]), name);
  const ready = new ReadyUpload(archive, place);
  expect(ready.keys.map((it) => it.slice(key('published/').length))).toEqual(['template.yaml', 'code/index.js']);
  expect(() => ready.read(key('file/secret'))).toThrow('no such file');
  expect(readZip(Buffer.from(ready.read(key('code/code')))).map((file) => file.name.toString())).toEqual(['index.js', 'same.js']);
});

it('what lies about itself is not passed on in a zip', () => {
  const archive = openArchive(writeZip([stored('code/index.js', Buffer.from('code'), { crc: 1 })]), name);
  expect(() => new ReadyUpload(archive, place).read(key('code/code'))).toThrow('code/index.js in it is not what its directory says it is');
});

/** Step by step, as somebody would go; `undefined` as soon as that is outside. */
const walked = (from: string, path: string) =>
  path.split('/').reduce<string[] | undefined>((at, step) => (step === '..' ? (at?.length === 0 ? undefined : at?.slice(0, -1)) : step === '.' || step === '' ? at : at?.concat(step)), from.split('/').slice(0, -1));

it('a path leads where its steps lead, and never outside', () => {
  const path = fc.array(fc.constantFrom('..', '.', 'a', 'b', ''), { minLength: 1, maxLength: 8 }).map((parts) => parts.join('/')).filter((it) => !it.startsWith('/'));
  fc.assert(
    fc.property(path, fc.constantFrom('template.yaml', 'a/t.yaml', 'a/b/t.yaml'), (reference, from) => {
      const steps = walked(from, reference);
      expect(pathFrom(from, reference)).toBe(steps?.length === 0 ? '.' : steps?.join('/'));
    }),
  );
  expect(pathFrom('a/t.yaml', '/a/b')).toBeUndefined();
  expect(pathFrom('a/t.yaml', 'b\\..\\..\\c')).toBeUndefined();
});
