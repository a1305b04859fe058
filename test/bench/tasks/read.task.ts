import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { task } from '../task.js';

const page = 1000;

/** Answers how many events a second can be read from the file and parsed, doing nothing else with them. */
task(({ path }: { path: string }) => {
  const database = new DatabaseSync(path, { readOnly: true });
  const select = database.prepare(
    'SELECT e.pos, e.rev, e.ts, e.id, e.type, e.data, e.meta, s.name FROM events e JOIN streams s ON s.sid = e.sid WHERE e.pos > ? ORDER BY e.pos LIMIT ?',
  );
  select.setReturnArrays(true);
  const begun = performance.now();
  let position = 0;
  for (;;) {
    const rows = select.all(position, page) as unknown as readonly (readonly (string | number)[])[];
    for (const row of rows) {
      JSON.parse(row[5] as string);
      JSON.parse(row[6] as string);
    }
    position += rows.length;
    if (rows.length < page) break;
  }
  const rate = (1000 * position) / (performance.now() - begun);
  database.close();
  return rate;
});
