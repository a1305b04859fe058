import { Injectable } from '@nestjs/common';
import { undoingCommands } from '#libs/inventory/src/revert-commands.policy.js';
import { type Reverted, undoing } from '#libs/inventory/src/revert.policy.js';
import type { OwnerKind } from '#libs/inventory/src/variables.events.js';
import type { Json } from '#libs/kernel/src/json.js';
import type { RecordedEvent } from '#libs/platform/src/event-store/event-store.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { Changes } from './changes.js';
import { laterThan } from './later-changes.js';
import type { Change } from './members.js';
import { ownedBy, ownedOf } from './owned.js';
import { newcomersAmong, ownerOf, passingAmong } from './passing.js';
import { Present } from './present.js';
import { irrevocable } from './refusals.js';
import { refusal, type ReversalStep, type Work } from './reversal.js';
import { leftOf, returnedTo, takingBack } from './reversed-belongings.js';
import type { FoundEvent } from './reverted-events.js';
import { turnedRows } from './row-versions.js';
import { heldThings } from './subtree.js';

const revertible: ReadonlySet<string> = new Set([
  'project',
  'cloud',
  'region',
  'cell',
  'device',
  'network',
  'network-interface',
]);
const ofOwners: ReadonlySet<string> = new Set([
  'VariablesSet',
  'VariablesBound',
  'VariablesRemoved',
  'VariableSchemasAttached',
  'VariableSchemasDetached',
]);

const resources: Readonly<Record<string, string>> = {
  project: 'projects',
  cloud: 'clouds',
  region: 'regions',
  cell: 'cells',
  network: 'networks',
  'network-interface': 'interfaces',
};

/** A thing as permissions and variables speak of it. */
const spokenOf = (kind: Reverted['kind'], members: Readonly<Record<string, Json>>) => {
  if (kind !== 'device') return { ownerKind: kind as OwnerKind, resource: resources[kind] ?? kind };
  const ownerKind = members['kind'] as OwnerKind;
  return { ownerKind, resource: ownerKind === 'host' ? 'hosts' : 'devices' };
};

/** What the thing was called then, whatever it is called now. */
const nameAt = (view: ReadView, { event, entry }: FoundEvent, change: Change | undefined): string | null => {
  const { kind, subject_id: id } = entry;
  const told = (change?.after ?? change?.before)?.['name'];
  if (typeof told === 'string') return told;
  if (kind === null || kind === 'user' || id === null) return null;
  const [row] = heldThings(view, kind, [id], [event.cursor, event.cursor]);
  return row ? String(row['name']) : null;
};

const cutStream = (stream: string): string => stream.slice(stream.indexOf('-') + 1);

/** What goes takes its variables and schemas with it. */
const withoutGone = (step: ReversalStep, present: Present): ReversalStep => {
  const commands = step.commands.filter(({ to, id }) => to !== 'variables' || present.of(id) !== null);
  if (commands.length === step.commands.length) return step;
  return { ...step, commands, along: commands.length === 0 };
};

/** Says what it takes to take events back: the later ones first, each on what the ones behind it leave. */
@Injectable()
export class Reversals {
  constructor(private readonly changes: Changes) {}

  of(view: ReadView, events: readonly FoundEvent[]): readonly ReversalStep[] {
    const subjects = events.flatMap(({ entry: { kind, subject_id: id } }) =>
      kind !== null && kind !== 'user' && id !== null ? [[kind, id] as const] : [],
    );
    const changes = this.changes.of(
      view,
      events.map(({ event }) => event),
    );
    const present = new Present(view, subjects);
    const work: Work = { view, present, changes, returning: new Map() };
    const isPassing = passingAmong(events, changes, present);
    const isNewcomer = newcomersAmong(events, changes);
    const isNothing = (found: FoundEvent) =>
      isPassing(found) || (isNewcomer(found) && present.of(ownerOf(found) ?? '') === null);
    const steps = events
      .toReversed()
      .map((found) => (isNothing(found) ? this.nothing(work, found) : this.step(work, found)));
    return steps.map((step) => withoutGone(step, work.present));
  }

  private nothing({ view, changes }: Work, found: FoundEvent): ReversalStep {
    const change = changes.get(found.event.cursor);
    const name = nameAt(view, found, change);
    return { found, name, change, resource: null, commands: [], obstacles: [] };
  }

  private step(work: Work, found: FoundEvent): ReversalStep {
    const { event, entry } = found;
    const nothing = this.nothing(work, found);
    const { change } = nothing;
    const owned = ownedOf(event);
    if (owned && ofOwners.has(event.type)) {
      const step = { ...nothing, resource: ownedBy[owned].resource };
      return { ...step, ...this.belongings(work, event) };
    }
    if (owned || !change || entry.kind === null || !revertible.has(entry.kind))
      return { ...nothing, obstacles: [refusal(irrevocable(event))] };
    return this.thingStep(work, found, change);
  }

  private thingStep(work: Work, found: FoundEvent, change: Change): ReversalStep {
    const { event, entry } = found;
    const kind = entry.kind as Reverted['kind'];
    const { before, after } = change;
    const reverted = { type: event.type, kind, id: entry.subject_id as string, before, after };
    const now = work.present.of(reverted.id);
    const { resource, ownerKind } = spokenOf(kind, { ...now, ...before, ...after });
    const step = { found, change, name: nameAt(work.view, found, change), resource, commands: [] };
    const does = undoing(reverted, now);
    if (does.does === 'refuse') return { ...step, obstacles: [refusal(does.reason)] };
    if (does.does === 'conflict')
      return { ...step, obstacles: laterThan(work.view, event.cursor, reverted, does.members) };
    work.present.become(reverted.id, does.now);
    if (does.does === 'nothing') return { ...step, obstacles: [] };
    const commands = undoingCommands(reverted, cutStream(event.stream), does);
    if (does.does === 'remove') return { ...step, commands, obstacles: leftOf(work, reverted.id) };
    if (does.does === 'change') return { ...step, commands, obstacles: [] };
    work.returning.set(reverted.id, this.existedAt(work, reverted, event.cursor));
    const returned = returnedTo(work, { id: reverted.id, ownerKind }, event.cursor);
    return { ...step, commands: [...commands, ...returned], obstacles: [] };
  }

  /** It is not there when its variables are tried: what it inherits is what it inherited. */
  private existedAt({ view }: Work, { kind, id }: Reverted, cursor: string): string | undefined {
    return turnedRows(view, kind, [[id, cursor]]).find(({ valid_to }) => valid_to === cursor)?.valid_from;
  }

  private belongings(work: Work, event: RecordedEvent): Pick<ReversalStep, 'commands' | 'obstacles'> {
    const id = cutStream(event.stream);
    const { ownerKind } = event.data as { readonly ownerKind: OwnerKind };
    if (work.present.of(id) !== null) return takingBack(work, event, { id, ownerKind });
    return { commands: [], obstacles: [refusal('its owner is not there any more')] };
  }
}
