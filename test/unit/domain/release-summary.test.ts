import { expect, it } from 'vitest';
import { environmentLines } from '../../../domain/release-summary.ts';
import { aRecord, aRelease, aTarget } from '../../fakes/samples.ts';

const outputs = { Api: 'https://api.example.com', Site: 'https://www.example.com', Arn: 'arn:x' };
const urls = (url?: string) => {
  const { configuration } = aRelease({ configuration: { build: { kind: 'sam', templates: [] }, environments: [{ name: 'dev', targets: [aTarget(url === undefined ? {} : { url })] }], remarks: [] } });
  return environmentLines({ configuration }, [], [aRecord({ outputs, taken: { 'environments.first.outputs.Site': 'https://first.example.com' } })])[0]?.urls;
};

it.each([
  ['every output that is one, where none is named', undefined, ['https://api.example.com', 'https://www.example.com']],
  ['the named one alone', '${outputs.Site}/start', ['https://www.example.com/start']],
  ['the one of an earlier environment that is named', '${environments.first.outputs.Site}', ['https://first.example.com']],
  ['none, where the named output is not there yet', '${outputs.Missing}', []],
  ['none, where what is named is no address', '${outputs.Arn}', []],
])('the address of an environment is %s', (_, url, expected) => {
  expect(urls(url)).toEqual(expected);
});
