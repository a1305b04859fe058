import fc from 'fast-check';
import type { Json } from '#libs/kernel/src/json.js';
import { names, queries, values } from '#test/support/vars-queries.js';
import { resolve } from '../resolution.policy.js';
import {
  Column,
  columnsOf,
  ColumnsInOrder,
  type StoredVariable,
  type VarsColumns,
} from './vars-columns.policy.js';
import { matches } from './vars-match.policy.js';
import { parseVarsQuery } from './vars-query.js';
import type { VarsQuery } from './vars-query.policy.js';
import { searchTree } from './vars-search.policy.js';
import { plantTree, type TreeNode } from './vars-tree.policy.js';

const node = (id: string, placeId: string | null, parentId: string | null = null): TreeNode => ({
  id,
  parentId,
  placeId,
});

const fleet = [
  node('child', 'cell-b', 'parent'),
  node('parent', 'cell-a', 'grandparent'),
  node('grandparent', 'region'),
  node('loner', 'cell-a'),
  node('cell-a', 'region'),
  node('cell-b', 'region'),
  node('region', 'cloud'),
  node('cloud', 'project'),
  node('project', null),
];

const stored = (ownerId: string, key: string, value: Json): StoredVariable => ({
  ownerId,
  key,
  value: JSON.stringify(value),
});

const search = (text: string, own: readonly StoredVariable[], scope: 'resolved' | 'own' = 'resolved') => {
  const tree = plantTree(fleet);
  return searchTree(parseVarsQuery(text), tree, columnsOf(tree, own), scope);
};

/** Ancestors of a device, then the places around the device itself. */
const chainOf = (nodes: readonly TreeNode[], id: string): string[] => {
  const find = (wanted: string | null) => nodes.find((each) => each.id === wanted);
  const line: string[] = [];
  for (let at = find(id); at; at = find(at.parentId)) line.push(at.id);
  const places: string[] = [];
  for (let at = find(find(id)?.placeId ?? null); at; at = find(at.placeId)) places.push(at.id);
  return [...line, ...places];
};

const oneByOne = (query: VarsQuery, nodes: readonly TreeNode[], own: readonly StoredVariable[]): string[] => {
  const parsed = own.map((variable) => ({ ...variable, value: JSON.parse(variable.value) as Json }));
  return nodes
    .map(({ id }) => id)
    .filter((id) => {
      const resolved = resolve(chainOf(nodes, id), parsed);
      return matches(query, (key) => resolved.get(key)?.effective.value);
    });
};

/** Places 0-3, devices 4-11; each only knows those before it, so that there are no circles. */
const fleets = fc
  .array(fc.tuple(fc.nat(), fc.nat()), { minLength: 12, maxLength: 12 })
  .map((picks) =>
    picks.map(([place, parent], index) => {
      const places = Math.min(index, 4);
      const devices = index - 4;
      const placeId = places > 0 && place % 5 > 0 ? `n${place % places}` : null;
      return node(`n${index}`, placeId, devices > 0 && parent % 3 > 0 ? `n${4 + (parent % devices)}` : null);
    }),
  )
  .chain((nodes) => fc.shuffledSubarray(nodes, { minLength: nodes.length }));

const variables = fc.uniqueArray(
  fc.record({
    ownerId: fc.nat(13).map((n) => `n${n}`),
    key: names,
    value: values(2).map((v) => JSON.stringify(v)),
  }),
  { selector: ({ ownerId, key }) => JSON.stringify([ownerId, key]), maxLength: 30 },
);

/** By key and node, of keys that somebody has. */
const laidOut = (columns: VarsColumns) =>
  new Map(
    [...columns]
      .map(([key, { values: own, distinct }]) => [key, [...own].map((number) => distinct[number])] as const)
      .filter(([, found]) => found.some((value) => value !== undefined)),
  );

describe('a search over a fleet', () => {
  it('finds what resolving and asking one by one finds', () => {
    let found = 0;
    fc.assert(
      fc.property(queries, fleets, variables, (query, nodes, own) => {
        const tree = plantTree(nodes);
        const ids = oneByOne(query, nodes, own);
        found += ids.length;
        expect(searchTree(query, tree, columnsOf(tree, own))).toEqual(ids);
      }),
      { numRuns: 1000 },
    );
    expect(found).toBeGreaterThan(0);
  });

  it('has the same columns when they are laid out in the order of owners', () => {
    const byText = (a: string, b: string) => Number(a > b) - Number(a < b);
    let found = 0;
    fc.assert(
      fc.property(fleets, variables, (nodes, own) => {
        const tree = plantTree(nodes.toSorted((a, b) => byText(a.id, b.id)));
        const inOrder = own.toSorted((a, b) => byText(a.ownerId, b.ownerId));
        const columns = new ColumnsInOrder(tree);
        for (const { ownerId, key, value } of inOrder) columns.add(ownerId, key, value);
        const expected = laidOut(columnsOf(tree, inOrder));
        found += expected.size;
        expect(laidOut(columns.done())).toEqual(expected);
      }),
    );
    expect(found).toBeGreaterThan(0);
  });

  it('inherits from parents and from the places around the device, not around its parents', () => {
    const own = [stored('cell-a', 'x', 1), stored('grandparent', 'y', 2), stored('cloud', 'z', 3)];
    expect(search('x:1', own)).toEqual(['parent', 'loner', 'cell-a']);
    expect(search('y:2', own)).toEqual(['child', 'parent', 'grandparent']);
    expect(search('z:3, y:2, not x exists', own)).toEqual(['child', 'grandparent']);
  });

  it('lets a nearer value hide a farther one whole, even when it lacks what is asked for', () => {
    const own = [
      stored('project', 'x', { a: 1 }),
      stored('parent', 'x', { b: 1 }),
      stored('child', 'x', { a: 1 }),
    ];
    expect(search('x.a:1', own)).toEqual(fleet.map(({ id }) => id).filter((id) => id !== 'parent'));
  });

  it('takes only own values when told so', () => {
    const own = [stored('region', 'x', 1), stored('child', 'x', 1), stored('child', 'y', 1)];
    expect(search('x:1', own, 'own')).toEqual(['child', 'region']);
    expect(search('x:1 and y:1', own, 'own')).toEqual(['child']);
  });

  it('passes over variables of strangers, other keys, and parents and places that are not there', () => {
    const tree = plantTree([node('a', 'nowhere', 'nobody'), node('b', 'a')]);
    const own = [
      stored('nobody', 'x', 1),
      stored('nowhere', 'x', 1),
      stored('a', 'y', 1),
      stored('a', 'x', 2),
    ];
    expect(searchTree(parseVarsQuery('x:1'), tree, columnsOf(tree, own))).toEqual([]);
    expect(searchTree(parseVarsQuery('x:2'), tree, columnsOf(tree, own))).toEqual(['a', 'b']);
    expect(searchTree(parseVarsQuery('z:1'), tree, columnsOf(tree, own))).toEqual([]);
  });

  it('ends in a fleet that bites its own tail', () => {
    const tree = plantTree([node('a', 'b', 'b'), node('b', 'a', 'a'), node('c', 'c', 'c')]);
    expect(searchTree(parseVarsQuery('x:1'), tree, columnsOf(tree, [stored('c', 'x', 1)]))).toEqual(['c']);
  });

  it('goes down a line of parents longer than any stack', () => {
    const line = Array.from({ length: 100_000 }, (_, i) => node(`d${i}`, null, `d${i + 1}`));
    const tree = plantTree(line);
    expect(searchTree(parseVarsQuery('x:1'), tree, columnsOf(tree, [stored('d99999', 'x', 1)]))).toHaveLength(
      100_000,
    );
  });

  it('finds in a tree that has grown and lost what it finds in one that was planted so', () => {
    let found = 0;
    fc.assert(
      fc.property(
        queries,
        fc.tuple(fleets, fleets),
        variables,
        fc.nat(12),
        (query, [before, after], own, kept) => {
          const tree = plantTree(before);
          // Asked in between, so that nothing that was worked out for the tree of before is taken for that of after.
          expect(tree.order).toHaveLength(before.length);
          const nodes = after.slice(0, kept);
          for (const { id } of before) if (!nodes.some((one) => one.id === id)) tree.remove(id);
          tree.put(nodes);
          const wanted = searchTree(query, plantTree(nodes), columnsOf(plantTree(nodes), own));
          found += wanted.length;
          expect(searchTree(query, tree, columnsOf(tree, own)).toSorted()).toEqual(wanted.toSorted());
        },
      ),
      { numRuns: 500 },
    );
    expect(found).toBeGreaterThan(0);
  });

  it('leaves a tree as it was when its copy grows and loses', () => {
    let found = 0;
    fc.assert(
      fc.property(
        queries,
        fc.tuple(fleets, fleets),
        variables,
        fc.nat(12),
        (query, [before, after], own, kept) => {
          const tree = plantTree(before.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
          const ask = (asked: typeof tree) => searchTree(query, asked, columnsOf(asked, own));
          const wanted = ask(tree);
          found += wanted.length;
          const copy = tree.copy();
          expect(ask(copy)).toEqual(wanted);
          const nodes = after.slice(0, kept);
          for (const { id } of before) if (!nodes.some((one) => one.id === id)) copy.remove(id);
          copy.put([...nodes, node('new', 'n0')]);
          expect(ask(copy).toSorted()).toEqual(ask(plantTree([...nodes, node('new', 'n0')])).toSorted());
          expect(ask(tree)).toEqual(wanted);
        },
      ),
      { numRuns: 300 },
    );
    expect(found).toBeGreaterThan(0);
  });

  it('knows of a value that no search may see that it is there and hides farther ones, and nothing else', () => {
    const tree = plantTree([node('a', 'place'), node('b', 'place'), node('place', null)]);
    const column = new Column(3);
    column.set(0, null);
    column.set(2, '1');
    const find = (text: string) => searchTree(parseVarsQuery(text), tree, new Map([['x', column]]));
    expect(find('x:1')).toEqual(['b', 'place']);
    expect(find('x exists')).toEqual(['a', 'b', 'place']);
    expect(find('x.a exists')).toEqual([]);
    expect(find('x != 2')).toEqual(['b', 'place']);
    expect(find('not x:1')).toEqual(['a']);
    column.clear(0);
    expect(find('x:1')).toEqual(['a', 'b', 'place']);
  });
});
