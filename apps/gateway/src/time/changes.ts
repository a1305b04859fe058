import { Injectable } from '@nestjs/common';
import type { Json } from '#libs/kernel/src/json.js';
import type { RecordedEvent } from '#libs/platform/src/event-store/event-store.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import type { Turned, Turning, VersionRow } from '#libs/platform/src/read-store/versions.js';
import { HistoryQueries } from '#projections/history/history.queries.js';
import { type LabelVersion, labelVersions } from '#projections/inventory/versions.queries.js';
import { turnedSettings } from '#projections/synchronisation/versions.queries.js';
import type { RowKind } from './kinds.js';
import { type Change, differing, type Members, membersOf, together } from './members.js';
import { keysOf, type Owned, ownedBy, ownedOf } from './owned.js';
import { turnedRows } from './row-versions.js';

interface Place {
  readonly kind: RowKind;
  readonly id: string;
  readonly at: string;
}

/** Streams that hold one thing each, outside the inventory. */
const ownStreams: ReadonlySet<string> = new Set(['window', 'workflow', 'run']);

const cutStream = (stream: string): readonly [category: string, id: string] => {
  const dash = stream.indexOf('-');
  return [stream.slice(0, dash), stream.slice(dash + 1)];
};

const settingOf = (row: VersionRow | undefined): Json => {
  if (!row || row['every_seconds'] === null) return null;
  const { cloud_id: _cloud, scheduled_by: _actor, ...setting } = membersOf(row);
  return setting;
};

const labelsBefore = (labels: readonly LabelVersion[], at: string): Json =>
  labels.flatMap(({ label, valid_from, valid_to }) =>
    valid_from < at && (valid_to === null || valid_to >= at) ? [label] : [],
  );
const labelsAfter = (labels: readonly LabelVersion[], at: string): Json =>
  labels.flatMap(({ label, valid_from, valid_to }) =>
    valid_from <= at && (valid_to === null || valid_to > at) ? [label] : [],
  );

type Turn = readonly [at: string, change: Change | undefined];
type Said = Members | null;

function* ofVersions(
  versions: readonly (VersionRow & Turned)[],
  said: (row: VersionRow | undefined) => Said,
): Generator<Turn> {
  for (const [at, some] of Map.groupBy(versions, (version) => version.at)) {
    const ended = some.find(({ valid_to }) => valid_to === at);
    const began = some.find(({ valid_from }) => valid_from === at);
    yield [at, differing(said(ended), said(began))];
  }
}

const ofRows = (view: ReadView, kind: RowKind, places: readonly Place[]): Generator<Turn> => {
  const asked = places.map(({ id, at }): Turning => [id, at]);
  return ofVersions(turnedRows(view, kind, asked), (row) => (row ? membersOf(row) : null));
};

/** The setting is a member of its region, which is there before and after. */
const ofSettings = (view: ReadView, events: readonly RecordedEvent[]): Generator<Turn> => {
  const asked = events.map(({ stream, cursor }): Turning => [cutStream(stream)[1], cursor]);
  return ofVersions(turnedSettings(view, asked), (row) => ({ synchronisation: settingOf(row) }));
};

function* ofLabels(view: ReadView, places: readonly Place[]): Generator<Turn> {
  const [first = '', last = ''] = [places[0]?.at, places.at(-1)?.at];
  const ids = [...new Set(places.map(({ id }) => id))];
  const byDevice = Map.groupBy(labelVersions(view, ids, [first, last]), (row) => row.device_id);
  for (const { id, at } of places) {
    const labels = byDevice.get(id) ?? [];
    yield [at, differing({ labels: labelsBefore(labels, at) }, { labels: labelsAfter(labels, at) })];
  }
}

function* ofOwned(view: ReadView, owned: Owned, events: readonly RecordedEvent[]): Generator<Turn> {
  const { member, turned } = ownedBy[owned];
  const asked = events.flatMap(({ stream, cursor, data }) =>
    keysOf(data).map((key) => [cutStream(stream)[1], key, cursor] as const),
  );
  for (const [at, versions] of Map.groupBy(turned(view, asked), (version) => version.at)) {
    const members = (side: 'valid_from' | 'valid_to'): Members =>
      Object.fromEntries(
        versions.flatMap((one) => (one[side] === at ? [[one.key, JSON.parse(one.value) as Json]] : [])),
      );
    yield [at, { before: { [member]: members('valid_to') }, after: { [member]: members('valid_from') } }];
  }
}

/** What events changed: members of things, before and after. The read models know what each row was; nothing is replayed. */
@Injectable()
export class Changes {
  constructor(private readonly history: HistoryQueries) {}

  /** By cursor; an event that changed nothing that is shown is left out. */
  of(view: ReadView, events: readonly RecordedEvent[]): ReadonlyMap<string, Change> {
    const things = this.thingsOf(view, events);
    const found = new Map<string, Change>();
    const add = (at: string, change: Change | undefined) => {
      const both = together(found.get(at), change);
      if (both) found.set(at, both);
    };

    for (const [kind, some] of Map.groupBy(things, (place) => place.kind))
      for (const [at, change] of ofRows(view, kind, some)) add(at, change);
    const devices = things.filter(({ kind }) => kind === 'device');
    for (const [at, change] of ofLabels(view, devices)) add(at, change);
    const of = (category: string) => events.filter(({ stream }) => cutStream(stream)[0] === category);
    for (const [owned, some] of Map.groupBy(events, ownedOf))
      if (owned) for (const [at, change] of ofOwned(view, owned, some)) add(at, change);
    for (const [at, change] of ofSettings(view, of('synchronisation'))) add(at, change);
    return found;
  }

  private thingsOf(view: ReadView, events: readonly RecordedEvent[]): readonly Place[] {
    const entries = this.history.at(
      view,
      events.map(({ cursor }) => cursor),
    );
    const known = new Map(entries.map((entry) => [entry.cursor, entry]));
    return events.flatMap(({ cursor: at, stream }): Place[] => {
      const [category, streamId] = cutStream(stream);
      if (ownStreams.has(category)) return [{ kind: category as RowKind, id: streamId, at }];
      const { kind = null, subject_id: id = null } = known.get(at) ?? {};
      return kind !== null && id !== null && category !== 'variables' ? [{ kind, id, at }] : [];
    });
  }
}
