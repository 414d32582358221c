import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNote } from '../src/note.mjs';

test('a note is its text, without blanks around it', () => {
  assert.equal(readNote('{ "text": " buy tea " }'), 'buy tea');
});

for (const body of [undefined, '', 'no JSON', '{}', '{ "text": " " }', '{ "text": 1 }']) {
  test(`${String(body)} is no note`, () => {
    assert.equal(readNote(body), undefined);
  });
}
