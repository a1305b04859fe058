import type { AnyProjection, Table } from '#libs/kernel/src/projection.js';

/** What a build calls its tables in the file; queries know them by their declared names, which are views. */
export const currentName = (table: string, build: number): string => `${table}__${build}`;
export const historyName = (table: string, build: number): string => `${table}__${build}_history`;

const identifier = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const reserved = new Set(['valid_from', 'valid_to']);
const type = /^(TEXT|INTEGER|REAL|BLOB|ANY)\b(?!.*\b(PRIMARY|UNIQUE|REFERENCES)\b)/;

const faultsOf = (table: Table): string[] => {
  const columns = Object.keys(table.columns);
  const named = [...table.key, ...(table.indexes ?? []).flat()];
  return [
    ...[table.name, ...columns]
      .filter((name) => !identifier.test(name))
      .map((name) => `${name} is no snake_case name`),
    ...columns.filter((name) => reserved.has(name)).map((name) => `${name} belongs to the read store`),
    ...columns
      .filter((name) => !type.test(table.columns[name]!))
      .map((name) => `${name} has no plain SQLite type`),
    ...named.filter((name) => !columns.includes(name)).map((name) => `${name} is not a column`),
    ...(table.key.length === 0 ? ['it has no key'] : []),
  ];
};

/** The name under which queries find all that a table ever held. */
const versionsName = (table: string): string => `${table}_versions`;

/** Names of views that come with a table. */
const besideIt = (table: string): readonly string[] =>
  ['versions', 'kept', 'later', 'ended', 'bounds'].map((part) => `${table}_${part}`);

/** Throws with everything that is wrong with the declarations: a mistake of the programmer, found at start. */
export const checkDeclarations = (projections: readonly AnyProjection[]): void => {
  const seen = new Set<string>();
  const twice = (name: string) => (seen.has(name) ? [`${name} is declared twice`] : (seen.add(name), []));
  const faults = projections.flatMap((projection) => [
    ...twice(`projection ${projection.name}`),
    ...projection.tables.flatMap((table) => [
      ...twice(`table ${table.name}`),
      ...besideIt(table.name).flatMap((name) => twice(`table ${name}`)),
      ...faultsOf(table).map((fault) => `table ${table.name}: ${fault}`),
    ]),
  ]);
  if (faults.length > 0) throw new Error(`the projections cannot be built: ${faults.join('; ')}`);
};

const definitions = (table: Table): string =>
  Object.entries(table.columns)
    .map(([name, definition]) => `"${name}" ${definition}`)
    .join(', ');

const list = (columns: readonly string[], prefix = ''): string =>
  columns.map((column) => `${prefix}"${column}"`).join(', ');

// What has no value is not looked for by it: an index leaves it out.
const whereOf = (table: Table, [column, ...more]: readonly string[]): string =>
  more.length > 0 || / NOT NULL\b/.test(table.columns[column!]!) ? '' : ` WHERE "${column}" IS NOT NULL`;

const createIndex = (name: string, columns: readonly string[], where: string): string =>
  `CREATE INDEX IF NOT EXISTS "${name}_by_${columns.join('_')}" ON "${name}" (${list(columns)})${where}`;

/** Makes the indexes of the table and of its history, where they are not there yet. */
export const createIndexes = (table: Table, build: number): string => {
  const [current, history] = [currentName(table.name, build), historyName(table.name, build)];
  const declared = (table.indexes ?? []).flatMap((columns) => {
    // The current table's indexes end with its key by themselves; with it, a page in its order needs no sorting.
    const withKey = [...columns, ...table.key.filter((column) => !columns.includes(column))];
    const where = whereOf(table, columns);
    return [createIndex(current, columns, where), createIndex(history, withKey, where)];
  });
  return [createIndex(history, [...table.key, 'valid_from'], ''), ...declared].join(';\n');
};

/** Without its indexes. A row is kept under the declared key, so that a lookup by key is one search; triggers fill the history. */
export const createTable = (table: Table, build: number): string => {
  const current = currentName(table.name, build);
  const history = historyName(table.name, build);
  const old = list([...Object.keys(table.columns), 'valid_from'], 'OLD.');
  const now = '(SELECT cursor FROM _now)';
  // What came and went at one cursor was never to be seen: WHEN keeps it out of the history.
  return [
    `CREATE TABLE "${current}" (${definitions(table)}, valid_from TEXT NOT NULL, PRIMARY KEY (${list(table.key)})) STRICT, WITHOUT ROWID`,
    `CREATE TABLE "${history}" (${definitions(table)}, valid_from TEXT NOT NULL, valid_to TEXT NOT NULL) STRICT`,
    `CREATE TRIGGER "${current}_replaced" AFTER UPDATE ON "${current}" WHEN OLD.valid_from < NEW.valid_from
     BEGIN INSERT OR FAIL INTO "${history}" VALUES (${old}, NEW.valid_from); END`,
    `CREATE TRIGGER "${current}_removed" AFTER DELETE ON "${current}" WHEN OLD.valid_from < ${now}
     BEGIN INSERT OR FAIL INTO "${history}" VALUES (${old}, ${now}); END`,
  ].join(';\n');
};

export const dropTable = (table: Table, build: number): string =>
  `DROP TABLE IF EXISTS "${currentName(table.name, build)}"; DROP TABLE IF EXISTS "${historyName(table.name, build)}"`;

/**
 * What `wholeOf` and `changedSince` read: as `<name>_kept` the rows that hold now and did at the cursor, as `<name>_later` those that hold
 * now and did not, as `<name>_ended` the history of which what comes behind `before` and up to `last` held then; these two numbers are
 * `<name>_bounds`.
 */
export const wholeViews = (
  table: Table,
  build: number,
): { readonly present: readonly string[]; readonly past: readonly string[] } => {
  const columns = list(Object.keys(table.columns));
  const history = historyName(table.name, build);
  const cursor = '(SELECT cursor FROM temp._as_of)';
  const view = (part: string, sql: string) => `CREATE TEMP VIEW "${table.name}_${part}" AS ${sql}`;
  const kept = `SELECT ${columns} FROM main."${currentName(table.name, build)}"`;
  const ended = `SELECT ${columns}, rowid AS number FROM main."${history}" NOT INDEXED WHERE valid_from <= `;
  const last = `SELECT ifnull(max(rowid), 0) FROM main."${history}"`;
  return {
    present: [
      view('kept', kept),
      view('later', `${kept} WHERE false`),
      view('ended', `${ended} ''`),
      view('bounds', 'SELECT 0 AS before, 0 AS last'),
    ],
    past: [
      view('kept', `${kept} WHERE valid_from <= ${cursor}`),
      view('later', `${kept} WHERE valid_from > ${cursor}`),
      view('ended', ended + cursor),
      view('bounds', `SELECT history_after('${history}') AS before, (${last}) AS last`),
    ],
  };
};

/** The table under its declared name, as it is. Its own columns are left out, so that both views look alike. */
export const presentView = (table: Table, build: number): string =>
  `CREATE TEMP VIEW "${table.name}" AS SELECT ${list(Object.keys(table.columns))} FROM main."${currentName(table.name, build)}"`;

/**
 * The table under its declared name, as it was at the cursor in `_as_of`. Of the history only what comes behind its bound was still valid
 * then: a short rest is read as it lies, a long one in the order of the table's key, where most of what is too old is told from the index alone.
 */
export const pastView = (table: Table, build: number): string => {
  const columns = list(Object.keys(table.columns));
  const cursor = '(SELECT cursor FROM temp._as_of)';
  const history = historyName(table.name, build);
  const replaced = (from: string, where: string) => `
    SELECT ${columns} FROM main."${history}" ${from} WHERE ${where} > history_after('${history}') AND valid_from <= ${cursor}`;
  return `CREATE TEMP VIEW "${table.name}" AS
    SELECT ${columns} FROM main."${currentName(table.name, build)}" WHERE valid_from <= ${cursor}
    UNION ALL ${replaced('NOT INDEXED', `history_is_short('${history}') AND rowid`)}
    UNION ALL ${replaced('', `NOT history_is_short('${history}') AND +rowid`)}`;
};

/**
 * Every version of every row, as `<name>_versions`: with `valid_from` and `valid_to`, which is null for what holds. Of the past, as it
 * was known then.
 */
export const versionsViews = (
  table: Table,
  build: number,
): { readonly present: string; readonly past: string } => {
  const columns = list(Object.keys(table.columns));
  const view = `CREATE TEMP VIEW "${versionsName(table.name)}" AS SELECT ${columns}, valid_from, `;
  const current = `main."${currentName(table.name, build)}"`;
  const history = `main."${historyName(table.name, build)}"`;
  const cursor = '(SELECT cursor FROM temp._as_of)';
  // Of one type in both halves: else SQLite reads the whole of them before it looks for anything.
  const holds = 'CAST(NULL AS TEXT) AS valid_to';
  return {
    present: `${view} ${holds} FROM ${current}
      UNION ALL SELECT ${columns}, valid_from, valid_to FROM ${history}`,
    past: `${view} ${holds} FROM ${current} WHERE valid_from <= ${cursor}
      UNION ALL SELECT ${columns}, valid_from, CAST(CASE WHEN valid_to <= ${cursor} THEN valid_to END AS TEXT)
      FROM ${history} WHERE valid_from <= ${cursor}`,
  };
};
