import { Injectable } from '@nestjs/common';
import type { Json } from '#libs/kernel/src/json.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import type { Span } from '#libs/platform/src/read-store/versions.js';
import { accessTurns, changedProjects } from '#projections/access/versions.queries.js';
import { HistoryQueries } from '#projections/history/history.queries.js';
import { changedPlaced, labelVersions, placedTurns } from '#projections/inventory/versions.queries.js';
import { changedOwners, type VariableVersion } from '#projections/variables/versions.queries.js';
import type { DifferenceBody } from './diff.bodies.js';
import { type Change, differing, type Members, membersOf } from './members.js';
import { allOwned, type Owned, ownedBy } from './owned.js';
import { heldThings, type Subtree, type ThingKind, type ThingVersion } from './subtree.js';

export interface DiffAsked {
  readonly subtree: Subtree;
  readonly span: Span;
  readonly limit: number;
  /** Where the page before ended. */
  readonly marker?: string | undefined;
}

export interface DiffPage {
  readonly rows: readonly DifferenceBody[];
  /** Where the next page begins; undefined behind the last one. */
  readonly next: string | undefined;
}

/** Something that may differ; `at`: where a page that ends with it ends. */
interface Candidate {
  readonly kind: ThingKind;
  readonly id: string;
  readonly at: string;
}

/** Most things have an entry of their own and one of their variables. */
const entriesFor = (limit: number): number => 2 * limit + 20;
const thingsAtOnce = 200;
/** Of the log for one page: a page that has looked at so much and is not full ends short. */
const mostEntries = 20_000;

interface Ends<T> {
  readonly from: T | undefined;
  readonly to: T | undefined;
}

const holdsAt = ({ valid_from, valid_to }: { valid_from: string; valid_to: string | null }, at: string) =>
  valid_from <= at && (valid_to === null || valid_to > at);

const endsOf = (rows: readonly ThingVersion[], [from, to]: Span): Ends<ThingVersion> => ({
  from: rows.find((row) => holdsAt(row, from)),
  to: rows.find((row) => holdsAt(row, to)),
});

/** By key, so that the same ones are told in the same words. */
const ownedAt = (rows: readonly VariableVersion[], at: string): Members =>
  Object.fromEntries(
    rows
      .filter((row) => holdsAt(row, at))
      .map(({ key, value }) => [key, JSON.parse(value) as Json] as const)
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );

/** Most things have no schemas: those that came or went say nothing of it. */
const withoutNone = (members: Members | null): Members | null => {
  const { member } = ownedBy.schemas;
  if (Object.keys((members?.[member] ?? {}) as Members).length > 0) return members;
  const { [member]: _none, ...others } = members ?? {};
  return members && others;
};

/** Of many variables and schemas only those that differ. */
const withFewOwned = ({ before, after }: Change): Change => {
  if (before === null || after === null) return { before: withoutNone(before), after: withoutNone(after) };
  const members = allOwned.map((one) => ownedBy[one].member).filter((member) => member in before);
  const few = members.map((member) => ({
    member,
    ...differing(before[member] as Members, after[member] as Members),
  }));
  const of = (side: 'before' | 'after') =>
    Object.fromEntries(few.map((one) => [one.member, one[side] ?? {}]));
  return { before: { ...before, ...of('before') }, after: { ...after, ...of('after') } };
};

const lastTurn = (view: ReadView, { kind, id }: Candidate): string | undefined =>
  kind === 'project' ? accessTurns(view, kind, id, 1)[0] : placedTurns(view, kind, id, 1)[0];

const changedIn = (
  view: ReadView,
  kind: ThingKind,
  ids: readonly string[],
  span: Span,
): readonly string[] => [
  ...(kind === 'project' ? changedProjects(view, ids, span) : changedPlaced(view, kind, ids, span)),
  ...changedOwners(view, ids, span),
];

/** Everything that some candidates were at both ends. */
class Comparison {
  private readonly rows = new Map<string, readonly ThingVersion[]>();
  private readonly labels: ReadonlyMap<
    string,
    readonly { readonly label: string; valid_from: string; valid_to: string | null }[]
  >;
  private readonly owned: Readonly<Record<Owned, ReadonlyMap<string, readonly VariableVersion[]>>>;

  constructor(
    private readonly view: ReadView,
    private readonly span: Span,
    candidates: readonly Candidate[],
  ) {
    const ids = candidates.map(({ id }) => id);
    for (const [kind, some] of Map.groupBy(candidates, (one) => one.kind)) {
      const those = some.map(({ id }) => id);
      for (const [id, rows] of Map.groupBy(heldThings(view, kind, those, span), (row) => row.id))
        this.rows.set(id, rows);
    }
    this.labels = Map.groupBy(labelVersions(view, ids, span), (row) => row.device_id);
    const held = (owned: Owned) => Map.groupBy(ownedBy[owned].held(view, ids, span), (row) => row.owner_id);
    this.owned = { variables: held('variables'), schemas: held('schemas') };
  }

  /** Undefined for what does not differ, or is not in the subtree at either end. */
  of(candidate: Candidate, subtree: Subtree): Omit<DifferenceBody, 'correlation_id'> | undefined {
    const { kind, id } = candidate;
    const ends = endsOf(this.rows.get(id) ?? [], this.span);
    const held = [ends.from, ends.to].filter((row) => row !== undefined);
    if (!held.some((row) => subtree.holds(kind, row))) return undefined;
    const change = differing(this.members(ends.from, this.span[0]), this.members(ends.to, this.span[1]));
    if (!change) return undefined;
    const { before, after } = withFewOwned(change);
    const [row] = held.toReversed();
    return {
      kind: String(row?.['kind'] ?? kind),
      id,
      name: String(row?.['name'] ?? ''),
      change: before === null ? 'created' : after === null ? 'removed' : 'changed',
      before,
      after,
      cursor: this.lastChange(candidate),
    };
  }

  private members(row: ThingVersion | undefined, at: string): Members | null {
    if (!row) return null;
    const labels = (this.labels.get(row.id) ?? []).flatMap((one) => (holdsAt(one, at) ? [one.label] : []));
    const owned = allOwned.map((one) => [
      ownedBy[one].member,
      ownedAt(this.owned[one].get(row.id) ?? [], at),
    ]);
    return { ...membersOf(row), labels, ...Object.fromEntries(owned) };
  }

  private lastChange(candidate: Candidate): string {
    const turns = allOwned
      .flatMap((one) => this.owned[one].get(candidate.id) ?? [])
      .flatMap(({ valid_from, valid_to }) => [valid_from, valid_to ?? '']);
    return [lastTurn(this.view, candidate) ?? '', ...turns].toSorted().at(-1) ?? '';
  }
}

/** What differs between two moments. Costs as much as was done between them, or as the subtree has things where these are few. */
@Injectable()
export class Differences {
  constructor(private readonly history: HistoryQueries) {}

  /** `view`: as of the later moment. */
  page(view: ReadView, asked: DiffAsked): DiffPage {
    const rows: Omit<DifferenceBody, 'correlation_id'>[] = [];
    let looked = 0;
    let { marker = asked.span[0] } = asked;
    while (looked < mostEntries) {
      const chunk = this.chunk(view, asked, marker);
      const comparison = new Comparison(view, asked.span, chunk.candidates);
      for (const candidate of chunk.candidates) {
        const row = comparison.of(candidate, asked.subtree);
        if (!row) continue;
        if (rows.length === asked.limit) return { rows: this.told(view, rows), next: marker };
        rows.push(row);
        marker = candidate.at;
      }
      if (chunk.end === undefined) return { rows: this.told(view, rows), next: undefined };
      marker = chunk.end;
      looked += entriesFor(asked.limit);
    }
    return { rows: this.told(view, rows), next: marker };
  }

  private told(view: ReadView, rows: readonly Omit<DifferenceBody, 'correlation_id'>[]): DifferenceBody[] {
    const entries = this.history.at(
      view,
      rows.map(({ cursor }) => cursor),
    );
    const byCursor = new Map(entries.map((entry) => [entry.cursor as string, entry.correlation_id]));
    return rows.map((row) => ({ ...row, correlation_id: byCursor.get(row.cursor) ?? null }));
  }

  private chunk(view: ReadView, { subtree, span, limit }: DiffAsked, marker: string) {
    if (subtree.things) return this.ofThings(subtree.things, span, marker);
    const after = marker > span[0] ? marker : span[0];
    const entries = this.history.between(view, after, span[1], entriesFor(limit));
    const first = new Map<string, Candidate>();
    for (const { kind, subject_id: id, cursor: at } of entries)
      if (kind !== null && kind !== 'user' && id !== null && !first.has(id)) first.set(id, { kind, id, at });
    const end = entries.length < entriesFor(limit) ? undefined : entries.at(-1)?.cursor;
    return { candidates: this.unseen(view, [...first.values()], [span[0], after]), end };
  }

  /** What was changed before the page began is on a page before. */
  private unseen(view: ReadView, candidates: readonly Candidate[], span: Span): readonly Candidate[] {
    if (span[0] === span[1]) return candidates;
    const seen = new Set<string>();
    for (const [kind, some] of Map.groupBy(candidates, (one) => one.kind)) {
      const ids = some.map(({ id }) => id);
      for (const id of changedIn(view, kind, ids, span)) seen.add(id);
    }
    return candidates.filter(({ id }) => !seen.has(id));
  }

  private ofThings(things: readonly (readonly [ThingKind, string])[], [from]: Span, marker: string) {
    const at = marker === from ? 0 : things.findIndex(([, id]) => id === marker) + 1;
    const some = things.slice(at, at + thingsAtOnce);
    const end = at + some.length < things.length ? some.at(-1)?.[1] : undefined;
    return { candidates: some.map(([kind, id]): Candidate => ({ kind, id, at: id })), end };
  }
}
