import type { Change } from './members.js';
import type { Present } from './present.js';
import type { FoundEvent } from './reverted-events.js';

/** What holds others in a stream of its own, which takes nothing more once it is removed. */
const holding: ReadonlySet<string | null> = new Set(['project', 'cloud', 'region']);

const streamsOf = (id: string): readonly string[] => [...holding].map((kind) => `${kind ?? ''}-${id}`);

const isBelonging = ({ event: { stream } }: FoundEvent): boolean => stream.startsWith('variables-');

/** The thing that an event is about, or whose variables it is about. */
export const ownerOf = (found: FoundEvent): string | null =>
  isBelonging(found) ? found.event.stream.slice('variables-'.length) : found.entry.subject_id;

/**
 * Whether an event is about what came and went by these events, or about what was in it: without them it would never have been. Such a
 * place is closed for good, but nothing is left of it that would have to be taken back.
 */
export const passingAmong = (
  events: readonly FoundEvent[],
  changes: ReadonlyMap<string, Change>,
  present: Present,
): ((found: FoundEvent) => boolean) => {
  const changeOf = ({ event }: FoundEvent) => changes.get(event.cursor);
  const came = events.filter((found) => holding.has(found.entry.kind) && changeOf(found)?.before === null);
  const passing = came.flatMap(({ entry: { subject_id: id } }) =>
    id !== null && present.of(id) === null ? [id] : [],
  );
  if (passing.length === 0) return () => false;
  const streams = new Set(passing.flatMap(streamsOf));
  const inside = events.filter(({ event }) => streams.has(event.stream));
  const owners = new Set<string | null>([...passing, ...inside.map(ownerOf)]);
  return (found) => streams.has(found.event.stream) || owners.has(ownerOf(found));
};

/** Whether an event is about something that had come by an earlier one of these, other than its removal. */
export const newcomersAmong = (
  events: readonly FoundEvent[],
  changes: ReadonlyMap<string, Change>,
): ((found: FoundEvent) => boolean) => {
  const since = new Map<string, string>();
  for (const found of events) {
    const { kind, subject_id: id } = found.entry;
    const change = changes.get(found.event.cursor);
    const comes = change?.before === null && change.after !== null && !isBelonging(found);
    if (comes && id !== null && kind !== 'user' && !since.has(id)) since.set(id, found.event.cursor);
  }
  return (found) => {
    const { cursor } = found.event;
    const came = since.get(ownerOf(found) ?? '');
    return came !== undefined && came < cursor && changes.get(cursor)?.after !== null;
  };
};
