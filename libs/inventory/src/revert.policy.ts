import type { Json } from '#libs/kernel/src/json.js';

/** Members of a thing in the words of its body, `labels` among them. */
export type Members = Readonly<Record<string, Json>>;

export type RevertedKind =
  'project' | 'cloud' | 'region' | 'cell' | 'device' | 'network' | 'network-interface';

/** What one event made of one thing: the members that it changed; null for what was not there, or is gone. */
export interface Reverted {
  readonly type: string;
  readonly kind: RevertedKind;
  readonly id: string;
  readonly before: Members | null;
  readonly after: Members | null;
}

/** What it takes to have a thing as it was before an event. `now`: what the thing is then. */
export type Undoing =
  | { readonly does: 'nothing'; readonly now: Members | null }
  | { readonly does: 'remove'; readonly now: null }
  | { readonly does: 'register'; readonly now: Members | null }
  | { readonly does: 'change'; readonly now: Members; readonly from: Members; readonly to: Members }
  /** Of the members it is no longer known what they would be without the event: others have changed them since. */
  | { readonly does: 'conflict'; readonly members: readonly string[] }
  | { readonly does: 'refuse'; readonly reason: string };

export const same = (a: Json | undefined, b: Json | undefined): boolean =>
  JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** Of something that was there before and after. */
interface Whole extends Reverted {
  readonly before: Members;
  readonly after: Members;
}

/** Members that no command sets. */
const fixed: Readonly<Record<string, string>> = {
  window_id: 'a maintenance window has or had it, and windows cannot be reverted',
  retired_at: 'what was retired stays out of service for good',
};

const labelsOf = ({ labels }: Members): readonly string[] => (labels ?? []) as readonly string[];

/** Labels are a set: what the event added goes, what it took comes back, and those of others stay. */
const labelsBefore = ({ before, after }: Whole, now: Members): readonly string[] => {
  const [was, became] = [labelsOf(before), labelsOf(after)];
  const kept = labelsOf(now).filter((label) => was.includes(label) || !became.includes(label));
  const lost = was.filter((label) => !became.includes(label) && !kept.includes(label));
  return [...kept, ...lost].toSorted();
};

const created = ({ after }: Reverted, now: Members | null): Undoing => {
  if (now === null) return { does: 'nothing', now };
  const members = Object.keys(after ?? {}).filter((member) => !same(now[member], after?.[member]));
  const labelled = labelsOf(after ?? {}).length === 0 && labelsOf(now).length > 0 ? ['labels'] : [];
  const changed = [...new Set([...members, ...labelled])];
  return changed.length > 0 ? { does: 'conflict', members: changed } : { does: 'remove', now: null };
};

const insteadOf: Partial<Readonly<Record<RevertedKind, string>>> = {
  project: 'create a new one',
  cloud: 'import what an export as of the moment before tells, which makes a new one',
  region: 'import what an export as of the moment before tells, which makes a new one',
};

/** Why what was removed does not come back, and what to do instead; undefined for what does. */
export const closedForGood = (kind: RevertedKind): string | undefined => {
  const instead = insteadOf[kind];
  return instead && `a ${kind} that was removed is closed for good: ${instead}`;
};

const removed = ({ kind, before }: Reverted, now: Members | null): Undoing => {
  const reason = closedForGood(kind);
  if (reason !== undefined) return { does: 'refuse', reason };
  if (now !== null) return { does: 'nothing', now };
  if ((before?.['retired_at'] ?? null) !== null)
    return { does: 'refuse', reason: 'what was retired when it was removed cannot be registered again' };
  return { does: 'register', now: before };
};

/** The members that the event changed and that are not as they were before it. */
const openOf = ({ before, after }: Whole, now: Members): readonly string[] =>
  Object.keys(after).filter((member) => member !== 'labels' && !same(now[member], before[member]));

const restored = (event: Whole, now: Members, open: readonly string[]): Members => {
  const to: Record<string, Json> = {};
  for (const member of open) to[member] = event.before[member] ?? null;
  if (!('labels' in event.after)) return to;
  const labels = labelsBefore(event, now);
  return same(labels, labelsOf(now)) ? to : { ...to, labels };
};

const changed = (event: Whole, now: Members): Undoing => {
  const open = openOf(event, now);
  const kept = open.find((member) => member in fixed);
  if (kept !== undefined) return { does: 'refuse', reason: fixed[kept] as string };
  const lost = open.filter((member) => !same(now[member], event.after[member]));
  if (lost.length > 0) return { does: 'conflict', members: lost };
  const to = restored(event, now, open);
  if (Object.keys(to).length === 0) return { does: 'nothing', now };
  const from = Object.fromEntries(Object.keys(to).map((member) => [member, now[member] ?? null]));
  return { does: 'change', now: { ...now, ...to }, from, to };
};

/** How one event is taken back, given what the thing is now: after the later ones have been. */
export const undoing = (event: Reverted, now: Members | null): Undoing => {
  if (event.before === null && event.after === null) return { does: 'nothing', now };
  if (event.before === null) return created(event, now);
  if (event.after === null) return removed(event, now);
  if (now === null) return { does: 'refuse', reason: 'it is not there any more' };
  return changed(event as Whole, now);
};
