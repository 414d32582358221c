import { describe, expect, it } from 'vitest';
import { heldByImports, plannedImports } from '../../../../domain/removal/imports.ts';
import { aTarget } from '../../../fakes/samples.ts';

const data = aTarget({ name: 'data', stackName: 'shop-data', wave: 2 });
const imports = (...importers: string[]) => [{ name: 'shop-bus', importers }];

describe('a stack whose exports are in use', () => {
  it('cannot be deleted, and it is said who imports what', () => {
    expect(heldByImports(data, [...imports('cart'), { name: 'shop-table', importers: ['cart', 'stock'] }])).toBe(
      'Removing shop-data in 222222222222, eu-west-1: cart imports its export shop-bus; cart and stock import its export shop-table, and AWS deletes no stack whose exports are in use. Remove what imports it, or let it be without the import, then retry the release.',
    );
  });

  it('is held back by nothing that is nested in it, and by what only has a similar name', () => {
    expect(heldByImports(data, imports('shop-data-Inner-1ABCDEFGHIJKL'))).toBeUndefined();
    for (const other of ['shop-data-web', 'shop-database', 'shop-data-web-prod']) expect(heldByImports(data, imports(other))).toContain(other);
  });

  it('of nobody is not held back', () => {
    expect(heldByImports(data, [])).toBeUndefined();
    expect(plannedImports(data, [data], [])).toEqual({ held: undefined, remarks: [] });
  });
});

describe('while it is planned', () => {
  it.each([
    ['goes before it', { wave: 3 }, true],
    ['goes together with it', { wave: 2 }, true],
    ['goes after it', { wave: 1 }, false],
    ['is of another Region', { wave: 3, region: 'us-east-1' }, false],
    ['is of another account', { wave: 3, account: '333333333333' }, false],
  ])('an importer that %s', (_, fields, goes) => {
    const web = aTarget({ name: 'web', stackName: 'shop-web', ...fields });
    const { held, remarks } = plannedImports(data, [data, web], imports('shop-web', 'shop-web-Api-1ABCDEFGHIJKL'));
    expect([held === undefined, remarks]).toEqual(goes ? [true, ['shop-web and shop-web-Api-1ABCDEFGHIJKL import its export shop-bus: that must be gone before.']] : [false, []]);
  });

  it('one that does not go at all counts beside one that does', () => {
    const web = aTarget({ name: 'web', stackName: 'shop-web', wave: 3 });
    const { held, remarks } = plannedImports(data, [data, web], imports('shop-web', 'cart'));
    expect(held).toMatch(/: cart imports its export shop-bus, and/);
    expect(remarks).toHaveLength(1);
  });
});
