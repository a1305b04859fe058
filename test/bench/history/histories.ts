import type { Json } from '#libs/kernel/src/json.js';
import { Fleet, type Key } from './fleet.js';
import { maintained } from './maintenance.js';
import { type Fact, Pen } from './pen.js';

/** What the log of some scene holds, and what of it a client has to know. */
export interface History {
  readonly facts: Iterable<Fact>;
  /** What happened after the moment whose cursor the scene tells. */
  readonly later: Iterable<Fact>;
  readonly regionIds: readonly string[];
  readonly cloudId: string;
  /** Known once all facts were taken. */
  readonly hostIds: () => readonly string[];
}

const historyOf = (fleet: Fleet, facts: Iterable<Fact>, later: Iterable<Fact> = []): History => ({
  facts,
  later,
  regionIds: fleet.regionIds,
  cloudId: fleet.cloudId,
  hostIds: () => fleet.hosts.map(({ id }) => id),
});

/** Roughly what a year of a fleet is made of: 8 % hosts registered, 12 % changed, 40 % variables, 40 % windows and runs. */
function* mixed(fleet: Fleet, pen: Pen, key: Key): Generator<Fact> {
  yield* fleet.founded(key);
  yield fleet.registered();
  for (;;) {
    const luck = pen.below(1000);
    if (luck < 129) yield fleet.registered();
    else if (luck < 323) yield fleet.changed();
    else if (luck < 974) {
      const values = {
        [`key-${pen.below(20)}`]: pen.below(1000),
        [`setting-${pen.below(10)}`]: { on: true },
      };
      yield fleet.variables(pen.one(fleet.hosts).id, 'host', values);
    } else yield* maintained(pen, fleet);
  }
}

function* first(count: number, facts: Iterable<Fact>): Generator<Fact> {
  let left = count;
  for (const fact of facts) {
    if (left === 0) return;
    left -= 1;
    yield fact;
  }
}

/** So many events of everything that happens to a fleet. */
export const year = (key: Key, events: number): History => {
  const pen = new Pen();
  const fleet = new Fleet(pen);
  return historyOf(fleet, first(events, mixed(fleet, pen, key)));
};

const named = (from: number, count: number, level: string) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`variable_${from + index}`, { of: level, value: index }]),
  );

type Values = Readonly<Record<string, Json>>;

function* levelled(
  { fleet, pen, key, hosts }: { fleet: Fleet; pen: Pen; key: Key; hosts: number },
  ownOf: () => Values,
): Generator<Fact> {
  yield* fleet.founded(key);
  // Each level has four of its own and shadows one of the level above it.
  yield fleet.variables(pen.projectId, 'project', named(0, 4, 'project'));
  yield fleet.variables(fleet.cloudId, 'cloud', named(3, 5, 'cloud'));
  for (const id of fleet.regionIds) yield fleet.variables(id, 'region', named(7, 5, 'region'));
  for (const { id } of fleet.cells) yield fleet.variables(id, 'cell', named(11, 5, 'cell'));
  for (let index = 0; index < hosts; index += 1) {
    yield fleet.registered();
    yield fleet.variables(fleet.hosts.at(-1)?.id as string, 'host', ownOf());
  }
}

/** Hosts whose 20 variables come from five levels: project, cloud, region, cell and host. */
export const levels = (key: Key, hosts: number): History => {
  const pen = new Pen();
  const fleet = new Fleet(pen);
  return historyOf(
    fleet,
    levelled({ fleet, pen, key, hosts }, () => named(15, 5, 'host')),
  );
};

const racks = 50;

/** Differs from host to host. */
const searchable = (pen: Pen): Values => ({
  rack: `rack-${pen.below(racks)}`,
  cores: 2 ** (3 + pen.below(5)),
});

/** So many times something happens to each host of an aged fleet, on average. */
const changesOfEach = 10;

function* ageing(fleet: Fleet, pen: Pen, hosts: number): Generator<Fact> {
  for (let left = hosts * changesOfEach; left > 0; left -= 1) {
    if (pen.below(2) === 0) yield fleet.changed();
    else yield fleet.variables(pen.one(fleet.hosts).id, 'host', searchable(pen));
  }
}

/** As `levels`, with something to search for, and ten changes to each host later. */
export const aged = (key: Key, hosts: number): History => {
  const pen = new Pen();
  const fleet = new Fleet(pen);
  return historyOf(
    fleet,
    levelled({ fleet, pen, key, hosts }, () => ({ ...named(15, 3, 'host'), ...searchable(pen) })),
    ageing(fleet, pen, hosts),
  );
};

function* laden(fleet: Fleet, key: Key, hosts: number): Generator<Fact> {
  yield* fleet.founded(key);
  for (let index = 0; index < hosts; index += 1) {
    yield fleet.registered();
    yield fleet.variables(fleet.hosts.at(-1)?.id as string, 'host', named(0, 20, 'host'));
  }
}

/** Hosts that have 20 variables each, all their own. */
export const own = (key: Key, hosts: number): History => {
  const fleet = new Fleet(new Pen());
  return historyOf(fleet, laden(fleet, key, hosts));
};
