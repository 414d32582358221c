import { describe, expect, it } from 'vitest';
import { parseBuildspec } from '../../../../domain/packaging/buildspec.ts';

const parse = (text: string) => parseBuildspec(text, 'buildspec.yml');

describe("a repository's own buildspec", () => {
  it('says what is run, in the order of CodeBuild', () => {
    const { phases, variables, exported } = parse('version: 0.2\nenv: { variables: { A: 1 }, exported-variables: [Version] }\nphases:\n  build: { commands: [make], finally: [clean] }\n  install: { commands: npm ci, on-failure: CONTINUE }\n');
    expect(phases).toEqual([
      { name: 'install', commands: ['npm ci'], last: [], goesOn: true },
      { name: 'build', commands: ['make'], last: ['clean'], goesOn: true },
    ]);
    expect({ variables, exported }).toEqual({ variables: { A: '1' }, exported: ['Version'] });
  });

  it('goes on after a failure where CodeBuild does', () => {
    const { phases } = parse('version: 0.2\nphases: { pre_build: { commands: [a] }, build: { commands: [b], on-failure: ABORT }, post_build: { commands: [c] } }');
    expect(phases.map(({ goesOn }) => goesOn)).toEqual([false, false, false]);
  });

  it('names what has no meaning here', () => {
    expect(parse('version: 0.2\nphases: { install: { runtime-versions: { nodejs: 22 } } }\nartifacts: { files: [x] }\ncache: {}').ignored).toEqual(['phases.install.runtime-versions', 'artifacts', 'cache']);
  });

  it.each([
    ['is no YAML', 'a: [', /^Reading buildspec\.yml: it is not YAML/],
    ['is of another version', 'version: 0.1\nphases: {}', /^Reading buildspec\.yml: version: .*version 0\.2/],
    ['has a phase that there is not', 'version: 0.2\nphases: { deploy: { commands: [x] } }', /^Reading buildspec\.yml: phases: .*deploy/],
    ['wants a secret', 'version: 0.2\nenv: { secrets-manager: { A: b } }\nphases: {}', /env\.secrets-manager: a build may read no parameters and no secrets/],
    ['wants a parameter', 'version: 0.2\nenv: { parameter-store: { A: b } }\nphases: {}', /env\.parameter-store/],
  ])('that %s is refused, with its name', (_, text, why) => {
    expect(() => parse(text)).toThrow(why);
  });
});
