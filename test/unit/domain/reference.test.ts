import { expect, it } from 'vitest';
import { fullName, inSentence, shortName } from '../../../domain/reference.ts';

it.each([
  [{ branch: 'main' }, 'main', 'the branch main', 'refs/heads/main'],
  [{ tag: 'v1.0' }, 'tag v1.0', 'the tag v1.0', 'refs/tags/v1.0'],
])('%j is called %s, %s and %s', (reference, short, sentence, full) => {
  expect([shortName(reference), inSentence(reference), fullName(reference)]).toEqual([short, sentence, full]);
});
