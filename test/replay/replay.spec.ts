import { globSync, readFileSync } from 'node:fs';
import { cloud } from '#libs/inventory/src/cloud.decider.js';
import { project } from '#libs/inventory/src/project.decider.js';
import { region } from '#libs/inventory/src/region.decider.js';
import { synchronisation } from '#libs/inventory/src/synchronisation.decider.js';
import { variables } from '#libs/inventory/src/variables.decider.js';
import type { Decider } from '#libs/kernel/src/decider.js';
import type { Cursor, Event, Recorded } from '#libs/kernel/src/event.js';
import { window } from '#libs/maintenance/src/window.decider.js';
import { notify } from '#libs/notifications/src/notification.policy.js';
import { run } from '#libs/workflows/src/run.decider.js';
import { workflow } from '#libs/workflows/src/workflow.decider.js';
import { projections } from '#projections/index.js';

type AnyDecider = Decider<unknown, never, Event>;

const deciders = [
  project,
  cloud,
  region,
  synchronisation,
  variables,
  window,
  workflow,
  run,
] as unknown as readonly AnyDecider[];
const root = new URL('../../', import.meta.url).pathname;
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');

const histories: readonly Recorded[] = globSync('test/replay/histories/*.json', { cwd: root }).flatMap(
  (path) =>
    (JSON.parse(read(path)) as (Recorded & { recordedAt: string })[]).map((event, index) => ({
      ...event,
      recordedAt: new Date(event.recordedAt),
      cursor: `x1:${index.toString(16).padStart(16, '0')}` as Cursor,
    })),
);

const declared = globSync('libs/*/src/*.events.ts', { cwd: root }).flatMap((path) =>
  [...read(path).matchAll(/= Event<\s*'(\w+)'/g)].map(([, type]) => type as string),
);

/** They matter to what may follow in their stream, and to nobody who reads. */
const onlyForDecisions = new Set(['CloudClosed', 'RegionClosed']);

describe('what was ever written', () => {
  it('has an example of every type, and no type that is forgotten', () => {
    expect(new Set(histories.map(({ type }) => type))).toEqual(new Set(declared));
  });

  it('is still folded by its decider, each event changing the state', () => {
    for (const [stream, events] of Map.groupBy(histories, (event) => event.stream)) {
      const decider = deciders.find(({ category }) => stream.startsWith(`${category}-`)) as AnyDecider;
      let state = decider.initialState();
      for (const event of events) {
        const before = inspect(state);
        state = decider.evolve(state, event);
        expect([event.type, inspect(state)]).not.toEqual([event.type, before]);
      }
    }
  });

  it('still says something in a read model', () => {
    const mute = histories.filter(
      (event) => !projections.some(({ on }) => (on[event.type]?.(event) ?? []).length > 0),
    );
    expect(new Set(mute.map(({ type }) => type))).toEqual(onlyForDecisions);
  });

  it('is still announced', () => {
    expect(histories.filter((event) => notify(event).length === 0)).toEqual([]);
  });
});

const inspect = (state: unknown): string =>
  JSON.stringify(state, (_key, value: unknown) =>
    value instanceof Map ? { map: [...value] } : value instanceof Set ? { set: [...value] } : value,
  );
