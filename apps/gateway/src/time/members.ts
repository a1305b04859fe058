import type { Json } from '#libs/kernel/src/json.js';
import type { VersionRow } from '#libs/platform/src/read-store/versions.js';

/** Members of a thing, in the words of its body. */
export type Members = Readonly<Record<string, Json>>;

/** What becomes of something: null before it was there, and after it is gone. */
export interface Change {
  readonly before: Members | null;
  readonly after: Members | null;
}

/** About the row, not about the thing: every change changes them, or none. */
const aside = new Set([
  'id',
  'project_id',
  'revision',
  'created_at',
  'updated_at',
  'valid_from',
  'valid_to',
  'at',
]);
const flags = new Set(['active', 'retired', 'register', 'labels', 'retire']);
const texts = new Set(['roles', 'variable_prefixes', 'steps', 'input_schema', 'input']);

const shown = (column: string, value: string | number | null): Json => {
  if (value === null) return null;
  if (flags.has(column)) return value === 1;
  return texts.has(column) ? (JSON.parse(String(value)) as Json) : value;
};

/** What a row says of the thing. */
export const membersOf = (row: VersionRow): Members =>
  Object.fromEntries(
    Object.entries(row).flatMap(([column, value]) =>
      aside.has(column) ? [] : [[column, shown(column, value)]],
    ),
  );

export const same = (a: Json | undefined, b: Json | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

const picked = (members: Members, names: readonly string[]): Members =>
  Object.fromEntries(names.flatMap((name) => (members[name] === undefined ? [] : [[name, members[name]]])));

/** Only the members that differ; all of them where there was nothing or is nothing. Undefined where nothing differs. */
export const differing = (before: Members | null, after: Members | null): Change | undefined => {
  if (before === null || after === null) return before === after ? undefined : { before, after };
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => !same(before[name], after[name]));
  return changed.length > 0 ? { before: picked(before, changed), after: picked(after, changed) } : undefined;
};

/** What more there is to say about a change; where there was nothing before, or is nothing after, nothing is said of that. */
export const together = (a: Change | undefined, b: Change | undefined): Change | undefined => {
  if (!a || !b) return a ?? b;
  return { before: a.before && { ...a.before, ...b.before }, after: a.after && { ...a.after, ...b.after } };
};
