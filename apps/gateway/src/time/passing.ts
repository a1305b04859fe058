import type { Change } from './members.js';
import type { Present } from './present.js';
import type { FoundEvent } from './reverted-events.js';

/** What holds others in a stream of its own, which takes nothing more once it is removed. */
const holding: ReadonlySet<string | null> = new Set(['project', 'cloud', 'region']);

const streamsOf = (id: string): readonly string[] => [...holding].map((kind) => `${kind ?? ''}-${id}`);

const ownerOf = ({ event: { stream }, entry }: FoundEvent): string | null =>
  stream.startsWith('variables-') ? stream.slice('variables-'.length) : entry.subject_id;

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
