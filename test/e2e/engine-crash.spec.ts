import { jest } from '@jest/globals';
import fc from 'fast-check';
import type { Death } from '#test/support/mortal.js';
import { type Life, World } from '#test/support/engine.js';
import { until } from '#test/support/until.js';

jest.setTimeout(120_000);

const instances = ['a', 'b', 'c'].map((name) => ({ name, projectId: 'p', host: 'compute-1' }));

interface Story {
  readonly deaths: readonly Death[];
  /** What goes wrong in the cloud. */
  readonly trouble?: (world: World) => void;
}

/** Lives of one engine, one after the other, until the work in the window is over and the window is closed. */
const lived = async ({ deaths, trouble }: Story) => {
  const world = await new World({ instances, migrationMs: 10 }).begin();
  const lives: Life[] = [];
  const isGone = () => lives.at(-1)?.mortality.isGone !== false;
  const next = async () => {
    const death = deaths[lives.length];
    lives.push(await world.live(death ? { death } : {}));
  };
  /** Until it is so, by as many lives as it takes. */
  const living = async (isSo: () => Promise<boolean>, words: string) => {
    while (!(await isSo())) {
      if (isGone()) await next();
      await until(
        async () => isGone() || (await isSo()),
        20_000,
        () => words,
      );
    }
  };
  try {
    trouble?.(world);
    const windowId = await world.schedule();
    await living(
      async () => (await world.windowState(windowId)).status === 'open',
      'the window does not open',
    );
    const runId = await world.maintain(windowId, { work_attempts: 10, move_attempts: 5 });
    const isOver = async () => {
      const [run, window] = [await world.runState(runId), await world.windowState(windowId)];
      return (
        !['running', 'turning-back'].includes(run.status) && window.status === 'open' && window.runId === null
      );
    };
    await living(isOver, 'the work is not over');
    await world.toWindow(windowId, { type: 'CloseWindow', at: world.now() });
    await living(async () => (await world.claimedBy()) === null, 'the host is not released');
    return {
      status: (await world.runState(runId)).status,
      reason: (await world.events(`run-${runId}`)).at(-1)?.data['reason'],
      types: await world.types(`window-${windowId}`),
      outcomes: (await world.events(`window-${windowId}`)).flatMap(({ data }) => data['outcome'] ?? []),
      host: world.cloud.fleet.host('compute-1'),
      left: world.cloud.fleet.servers().filter(({ host }) => host === 'compute-1').length,
      moves: world.cloud.fleet.servers().map(({ id }) => movesOf(world, id)),
      atOnce: Math.max(...lives.map(({ cloud }) => cloud.mostMovesAtOnce)),
      lives: lives.length,
      appends: lives.map(({ mortality }) => mortality.appends),
    };
  } finally {
    await world.end();
  }
};

const movesOf = (world: World, id: string) =>
  world.cloud.fleet.migrations(id).filter(({ status }) => status === 'completed' || status === 'confirmed')
    .length;

type Ending = Awaited<ReturnType<typeof lived>>;

const expectRight = (ending: Ending) => {
  const { host, moves, atOnce, types, outcomes, status } = ending;
  expect(types).toEqual([
    'WindowScheduled',
    'WindowOpened',
    'HostMaintenanceBegan',
    'HostMaintenanceEnded',
    'WindowClosed',
  ]);
  expect(Math.max(...moves)).toBeLessThanOrEqual(1);
  expect(atOnce).toBe(1);
  if (status === 'held') {
    expect(outcomes).toEqual(['held']);
  } else {
    expect(outcomes).toEqual([status === 'succeeded' ? 'done' : 'restored']);
    expect(host).toMatchObject({ enabled: true });
  }
};

describe('an engine that dies', () => {
  let appends = 0;

  it('is not missed when it does not', async () => {
    const ending = await lived({ deaths: [] });
    expectRight(ending);
    expect(ending).toMatchObject({ status: 'succeeded', left: 0, lives: 1 });
    appends = ending.appends[0]!;
    expect(appends).toBeGreaterThan(25);
  });

  it.each(['before', 'after'] as const)(
    'at any one append, just %s it, finishes the work in its next life',
    async (when) => {
      expect(appends).toBeGreaterThan(25);
      const done: number[] = [];
      const next = Array.from({ length: appends }, (_, index) => index + 1).values();
      // Worlds share nothing, and mostly wait.
      const oneAfterTheOther = async () => {
        for (const append of next) {
          const ending = await lived({ deaths: [{ append, when }] });
          expectRight(ending);
          expect(ending).toMatchObject({ status: 'succeeded', left: 0 });
          done.push(append);
        }
      };
      await Promise.all([oneAfterTheOther(), oneAfterTheOther(), oneAfterTheOther(), oneAfterTheOther()]);
      expect(done).toHaveLength(appends);
    },
  );

  it('again and again, in a cloud that fails, never leaves the host in between', async () => {
    const death = fc.record({
      append: fc.integer({ min: 1, max: 20 }),
      when: fc.constantFrom('before' as const, 'after' as const),
    });
    const troubles: Record<string, (world: World) => void> = {
      none: () => undefined,
      'lost answers': (world) => world.cloud.faults.loseAnswers(3),
      'lost starts': (world) => world.cloud.faults.loseStarts(2),
      'no live move': (world) => world.cloud.faults.refuse('compute-1', 'not live', 'live'),
      'no move at all': (world) => world.cloud.faults.refuse('compute-1', 'not at all'),
      'a failing move': (world) => world.cloud.faults.fail('compute-1', 'no valid host', 'live'),
    };
    const seen: string[] = [];
    const property = fc.asyncProperty(
      fc.array(death, { maxLength: 4 }),
      fc.constantFrom(...Object.keys(troubles)),
      async (deaths, trouble) => {
        const ending = await lived({ deaths, trouble: troubles[trouble]! });
        expectRight(ending);
        seen.push(ending.status);
      },
    );
    await fc.assert(property, { numRuns: 40, seed: 20261123, endOnFailure: true });
    expect(new Set(seen)).toEqual(new Set(['succeeded', 'failed']));
  });
});
