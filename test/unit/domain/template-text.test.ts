import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseTemplate } from '../../../domain/template-text.ts';

const valueOf = (yaml: string) => parseTemplate(`Value: ${yaml}`)?.['Value'];

describe('a template', () => {
  it.each<[string, string, unknown]>([
    ['a reference', '!Ref Table', { Ref: 'Table' }],
    ['an attribute', '!GetAtt Table.Arn', { 'Fn::GetAtt': ['Table', 'Arn'] }],
    ['an attribute of a nested stack', '!GetAtt Inner.Outputs.Url', { 'Fn::GetAtt': ['Inner', 'Outputs.Url'] }],
    ['an attribute as a list', '!GetAtt [Table, Arn]', { 'Fn::GetAtt': ['Table', 'Arn'] }],
    ['a text with parts', '!Sub "arn:${AWS::Partition}:s3:::x"', { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::x' }],
    ['a text with parts and their values', '!Sub ["${A}", { A: !Ref B }]', { 'Fn::Sub': ['${A}', { A: { Ref: 'B' } }] }],
    ['functions in functions', '!If [IsProd, !Join ["", [a, !Ref B]], !Ref "AWS::NoValue"]', { 'Fn::If': ['IsProd', { 'Fn::Join': ['', ['a', { Ref: 'B' }]] }, { Ref: 'AWS::NoValue' }] }],
    ['a condition', '!Condition IsProd', { Condition: 'IsProd' }],
    ['a condition made of others', '!And [!Condition A, !Not [!Equals [!Ref B, c]]]', { 'Fn::And': [{ Condition: 'A' }, { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'B' }, 'c'] }] }] }],
    ['a function with a mapping', '!Transform { Name: AWS::Include, Parameters: { Location: s3 } }', { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 's3' } } }],
    ['a function without anything', '!GetAZs ""', { 'Fn::GetAZs': '' }],
    ['the long form', '{ "Fn::GetAtt": [Table, Arn] }', { 'Fn::GetAtt': ['Table', 'Arn'] }],
    ['a policy’s version, which is no date', '2012-10-17', '2012-10-17'],
    ['a moment, which is no date', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['numbers and truth', '[1, 0.5, true, null]', [1, 0.5, true, null]],
    ['words that only look like truth', '[yes, no, on, off]', ['yes', 'no', 'on', 'off']],
  ])('in YAML is read with %s', (_, yaml, expected) => {
    expect(valueOf(yaml)).toEqual(expected);
  });

  it.each(['Base64', 'Cidr', 'FindInMap', 'ImportValue', 'Length', 'Or', 'Select', 'Split', 'ToJsonString', 'EachMemberIn'])('in YAML is read with !%s', (name) => {
    expect(valueOf(`!${name} [a]`)).toEqual({ [`Fn::${name}`]: ['a'] });
  });

  it('in JSON is read as it is, also where YAML would read it otherwise', () => {
    expect(parseTemplate('\n {"Resources": {"A": {"Type": "!Ref x", "At": "2012-10-17"}}}')).toEqual({ Resources: { A: { Type: '!Ref x', At: '2012-10-17' } } });
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['a text', 'hello'],
    ['a list', '- a\n- b'],
    ['a list in JSON', '[1]'],
    ['JSON that breaks off', '{"Resources": {'],
    ['YAML that breaks off', 'Resources: ['],
    ['a tag that CloudFormation does not know', 'Value: !Exec rm'],
    ['a tag of a programming language', 'Value: !!js/function "function () {}"'],
    ['a key twice', 'A: 1\nA: 2'],
    ['a function of an anchor that is not there', 'Value: !Ref *nobody'],
    ['two documents', 'A: 1\n---\nB: 2'],
  ])('that is %s cannot be read', (_, text) => {
    expect(parseTemplate(text)).toBeUndefined();
  });

  it.each(['__proto__: { polluted: true }', 'Value: !Sub { __proto__: { polluted: true } }', '{"__proto__": {"polluted": true}}'])('changes nobody’s prototype: %s', (text) => {
    expect(parseTemplate(text) ?? {}).not.toHaveProperty('polluted');
    expect(({} as { polluted?: true }).polluted).toBeUndefined();
  });

  it('that blows up through aliases cannot be read, and is refused before it does', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
    const bomb = names.map((name, index) => `${name}: &${name} [${index === 0 ? 'x' : Array.from({ length: 10 }, () => `*${names[index - 1] ?? ''}`).join(', ')}]`).join('\n');
    expect(parseTemplate(bomb)).toBeUndefined();
    expect(parseTemplate('A: &a [x]\nB: *a')).toEqual({ A: ['x'], B: ['x'] });
  });

  it('that holds itself cannot be read', () => {
    expect(parseTemplate('A: &a { B: *a }')).toBeUndefined();
  });

  it('never throws, whatever it is', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseTemplate(text)));
  });

  it('is read from YAML as from JSON', () => {
    const plain = fc.dictionary(fc.stringMatching(/^[A-Z][A-Za-z]{0,8}$/), fc.letrec<{ value: unknown }>((tie) => ({ value: fc.oneof({ depthSize: 'small' }, fc.string(), fc.integer(), fc.boolean(), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.stringMatching(/^[A-Z][A-Za-z]{0,8}$/), tie('value'), { maxKeys: 3 })) })).value, { minKeys: 1 });
    fc.assert(fc.property(plain, (content) => {
      expect(parseTemplate(stringify(content, { version: '1.2' }))).toEqual(JSON.parse(JSON.stringify(content)));
    }));
  });
});
