import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BrokenTemplate, type LocalPath, replaceLocalPaths } from '../../../../domain/packaging/local-paths.ts';
import { packagedProperties } from '../../../../domain/packaging/packaged-properties.ts';

const place = { bucket: 'artifacts', prefix: 'uploads/orders/1', region: 'eu-west-1' };
const keyOf = ({ path, as }: LocalPath) => `${as}/${path}`;
const replaced = (text: string) => replaceLocalPaths(text, place, keyOf);

/** How a property looks whose value was `a/b.zip`. */
const expected = (type: string, index: number) => {
  const property = packagedProperties[type]?.[index];
  const key = `${property?.as ?? ''}/a/b.zip`;
  if (property?.form === 's3') return `s3://artifacts/${key}`;
  if (property?.form === 'https') return `https://s3.eu-west-1.amazonaws.com/artifacts/${key}`;
  return { [property?.form[0] ?? '']: 'artifacts', [property?.form[1] ?? '']: key };
};
const nested = (path: readonly string[], value: unknown): unknown => path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);

describe('a local path becomes a reference to S3', () => {
  it.each(Object.entries(packagedProperties).flatMap(([type, all]) => all.map(({ path }, index) => [type, path.join('.'), index, path] as const)))('in %s, %s', (type, _, index, path) => {
    const template = { Resources: { It: { Type: type, Properties: nested(path, 'a/b.zip') } } };
    expect(parse(replaced(JSON.stringify(template)))).toEqual({ Resources: { It: { Type: type, Properties: nested(path, expected(type, index)) } } });
  });

  it('while everything else in the text stays as it is written', () => {
    const around = (value: string) => `# Ours\nResources:\n  F:   # a function\n    Type: "AWS::Lambda::Function"\n    Properties: { Code: ${value}, Role: !GetAtt Role.Arn, Env: !Sub "\${AWS::Region}-x" }   # done\n`;
    expect(replaced(around('./code.zip'))).toBe(around('{ "S3Bucket": "artifacts", "S3Key": "code/./code.zip" }'));
  });

  it.each([
    ['single quotes', "'code.zip'"],
    ['double quotes', '"code.zip"'],
    ['an anchor', '&code code.zip'],
    ['a block', '>-\n        code.zip'],
    ['a line of its own', '\n        code.zip'],
  ])('written with %s', (_, value) => {
    const text = (it: string) => `Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: ${it}\n      Handler: index.handler\n`;
    expect(parse(replaced(text(value)))).toEqual(parse(text('s3://artifacts/code/code.zip')));
  });

  it('once, where several resources share what names it', () => {
    const text = 'Resources:\n  A: { Type: AWS::Serverless::Function, Properties: &same { CodeUri: code.zip } }\n  B: { Type: AWS::Serverless::Function, Properties: *same }\n';
    expect(parse(replaced(text))).toMatchObject({ Resources: { A: { Properties: { CodeUri: 's3://artifacts/code/code.zip' } }, B: { Properties: { CodeUri: 's3://artifacts/code/code.zip' } } } });
  });

  it('in a loop, and in a loop within it', () => {
    const text = 'Resources:\n  Fn::ForEach::All:\n    - Name\n    - [a, b]\n    - F${Name}: { Type: AWS::Serverless::Function, Properties: { CodeUri: code.zip } }\n      Fn::ForEach::Each: [Id, [c], { "G${Id}": { Type: AWS::Serverless::Function, Properties: { CodeUri: other.zip } } }]\n';
    expect(replaced(text)).toContain('CodeUri: "s3://artifacts/code/code.zip"');
    expect(replaced(text)).toContain('CodeUri: "s3://artifacts/code/other.zip"');
  });

  it('a loop that holds itself comes to an end', () => {
    expect(replaced('Resources: &all\n  Fn::ForEach::All: [Name, [a], *all]\n')).toContain('*all');
  });

  it.each(['Fn::Transform: { Name: AWS::Include, Parameters: { Location: part.yaml } }', 'Policy: !Transform { Name: AWS::Include, Parameters: { Location: part.yaml } }'])('in what is included: %s', (line) => {
    expect(replaced(`Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      ${line}\n`)).toContain('Location: "s3://artifacts/file/part.yaml"');
  });

  it('and whoever is asked for it is told where it stands', () => {
    const asked: LocalPath[] = [];
    replaceLocalPaths('Resources: { Job: { Type: AWS::Glue::Job, Properties: { Command: { ScriptLocation: job.py } } } }', place, (path) => String(asked.push(path)));
    expect(asked).toEqual([{ path: 'job.py', where: 'Command.ScriptLocation of Job', as: 'file' }]);
  });
});

it.each([
  ['a reference to S3', 'AWS::Serverless::Function', 'CodeUri: s3://other/code.zip'],
  ['an address', 'AWS::CloudFormation::Stack', 'TemplateURL: https://s3.amazonaws.com/other/t.yaml'],
  ['what a function says', 'AWS::CloudFormation::Stack', 'TemplateURL: !Sub "https://s3.amazonaws.com/${Bucket}/t.yaml"'],
  ['a parameter', 'AWS::Lambda::Function', 'Code: !Ref Code'],
  ['a bucket and a key', 'AWS::Lambda::Function', 'Code: { S3Bucket: other, S3Key: code.zip }'],
  ['code in the template', 'AWS::Lambda::Function', 'Code: { ZipFile: "exports.handler = 1" }'],
  ['no value', 'AWS::Serverless::Function', 'CodeUri: ""'],
  ['another property', 'AWS::Serverless::Function', 'Handler: code.zip'],
  ['a resource of another type', 'AWS::SQS::Queue', 'CodeUri: code.zip'],
  ['a type that every object has', 'constructor', 'CodeUri: code.zip'],
])('%s is left as it is', (_, type, property) => {
  const text = `Resources:\n  It:\n    Type: ${type}\n    Properties: { ${property} }\n`;
  expect(replaceLocalPaths(text, place, () => { throw new Error('asked'); })).toBe(text);
});

it.each([
  ['is not YAML', 'Resources: [', 'it is not YAML: '],
  ['has no Resources', 'Parameters: {}', 'it has no Resources'],
  ['is empty', '', 'it has no Resources'],
])('a text that %s is no template', (_, text, words) => {
  expect(() => replaced(text)).toThrow(BrokenTemplate);
  expect(() => replaced(text)).toThrow(words);
});

it('any path comes back as it was, quoted as it must be', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((path) => !/^[a-z][a-z0-9+.-]*:\/\//i.test(path)), (path) => {
      const asked: string[] = [];
      const text = JSON.stringify({ Resources: { F: { Type: 'AWS::Lambda::Function', Properties: { Code: path } } } });
      const made = parse(replaceLocalPaths(text, place, (it) => { asked.push(it.path); return it.path; })) as unknown;
      expect([asked, made]).toEqual([[path], { Resources: { F: { Type: 'AWS::Lambda::Function', Properties: { Code: { S3Bucket: 'artifacts', S3Key: path } } } } }]);
    }),
  );
});
