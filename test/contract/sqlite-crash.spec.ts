import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { SqliteEventStore } from '#libs/platform/src/event-store/sqlite-event-store.js';
import { all, anEvent, aStream } from './event-store.support.js';
import { aDirectory, Child, isWhole } from './sqlite.support.js';

/** Positions at which acknowledged appends are not in the log as they were acknowledged. */
const lost = (path: string, acknowledgements: readonly string[]): readonly string[] => {
  const database = new DatabaseSync(path, { readOnly: true });
  const find = database.prepare(
    `SELECT s.name || ' ' || e.rev || ' ' || e.id AS line FROM events e JOIN streams s USING (sid) WHERE pos = ?`,
  );
  try {
    return acknowledgements.filter((line) => {
      const position = Number.parseInt(line.slice(-16), 16);
      const found = find.get(position) as { line: string } | undefined;
      return found?.line !== line.slice(0, line.lastIndexOf(' '));
    });
  } finally {
    database.close();
  }
};

describe('the SQLite log', () => {
  let directory: Awaited<ReturnType<typeof aDirectory>>;
  let path: string;
  const children: Child[] = [];
  const start = (thing: string, ...rest: string[]) => {
    const child = new Child(thing, path, ...rest);
    children.push(child);
    return child;
  };

  beforeEach(async () => {
    directory = await aDirectory();
    path = join(directory.path, 'events.db');
  });

  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.kill()));
    await directory.remove();
  });

  it('loses no acknowledged append when its process is killed fifty times under 64 writers', async () => {
    const fileOf = (round: number) => join(directory.path, `acknowledged-${round}`);
    let next = start('writeUntilKilled', fileOf(1));
    let acknowledged = 0;
    for (let round = 1; round <= 50; round += 1) {
      const child = next;
      await child.begin();
      // The one after starts meanwhile.
      next = start('writeUntilKilled', fileOf(round + 1));
      await child.said(/^writing$/);
      // How long it may write is what varies; nothing is awaited by this.
      await pause(50 + Math.random() * 200);
      await child.kill();
      const lines = (await readFile(fileOf(round), 'utf8')).split('\n').slice(0, -1);
      acknowledged += lines.length;
      expect(lost(path, lines)).toEqual([]);
      expect(round % 10 > 0 || isWhole(path)).toBe(true);
    }
    expect(acknowledged).toBeGreaterThan(1000);
  }, 180_000);

  it('opens with everything in it although its write-ahead log had grown large', async () => {
    const child = start('fill', '60', '900000');
    await new SqliteEventStore(path).close();
    const pinning = new DatabaseSync(path, { readOnly: true });
    pinning.exec('BEGIN; SELECT count(*) FROM events');
    await child.begin();
    await child.said(/^filled$/);
    await child.kill();
    pinning.close();
    expect((await stat(`${path}-wal`)).size).toBeGreaterThan(40_000_000);
    const store = new SqliteEventStore(path);
    expect(await all(store.readAll())).toHaveLength(60);
    await store.append(aStream(), 'no_stream', [anEvent()]);
    await store.close();
    expect(isWhole(path)).toBe(true);
  }, 60_000);
});
