import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { until } from '#test/support/until.js';
import { Checkpoints } from './checkpoints.js';

describe('checkpoints', () => {
  let directory: string;
  let path: string;
  let database: DatabaseSync;
  let checkpoints: Checkpoints;
  const write = (rows: number): void => {
    database.exec('BEGIN');
    for (let row = 0; row < rows; row += 1)
      database.prepare('INSERT INTO things (text) VALUES (?)').get('x'.repeat(1000));
    database.exec('COMMIT');
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'craton-checkpoints-'));
    path = join(directory, 'read-models.db');
    database = new DatabaseSync(path);
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE things (text TEXT)',
    );
    checkpoints = new Checkpoints(path);
  });

  afterEach(async () => {
    await checkpoints.close();
    if (database.isOpen) database.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('move what was committed into the file once it is much', async () => {
    write(1000);
    checkpoints.note(1000);
    expect(statSync(path).size).toBeLessThan(100_000);
    checkpoints.note(1000);
    await until(() => statSync(path).size > 1_000_000);
    expect(database.prepare('SELECT count(*) AS count FROM things').get()).toEqual({ count: 1000 });
  });

  it('do not keep the file from who closes it last', async () => {
    write(1000);
    checkpoints.note(2000);
    await checkpoints.close();
    database.close();
    expect(() => statSync(`${path}-wal`)).toThrow('ENOENT');
  });

  it('leave a file alone that has gone', async () => {
    database.close();
    rmSync(path);
    checkpoints.note(2000);
    await checkpoints.close();
    expect(() => statSync(path)).toThrow('ENOENT');
  });
});
