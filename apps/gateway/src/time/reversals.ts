import { Injectable } from '@nestjs/common';
import { undoingCommands } from '#libs/inventory/src/revert-commands.policy.js';
import {
  type KeptValue,
  puttingVariables,
  undoingVariables,
} from '#libs/inventory/src/revert-variables.policy.js';
import { type Reverted, undoing } from '#libs/inventory/src/revert.policy.js';
import type { OwnerKind } from '#libs/inventory/src/variables.events.js';
import type { Json } from '#libs/kernel/src/json.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { turnedPlaced } from '#projections/inventory/versions.queries.js';
import { lostVariables, turnedVariables } from '#projections/variables/versions.queries.js';
import { Changes, keysOf } from './changes.js';
import { laterThan, laterVariables } from './later-changes.js';
import type { Change } from './members.js';
import { keptOf, Present } from './present.js';
import type { Obstacle, ReversalStep, VariablesUndoing } from './reversal.js';
import type { FoundEvent } from './reverted-events.js';
import { heldThings } from './subtree.js';

const revertible: ReadonlySet<string> = new Set([
  'cloud',
  'region',
  'cell',
  'device',
  'network',
  'network-interface',
]);
const ofValues: ReadonlySet<string> = new Set(['VariablesSet', 'VariablesBound', 'VariablesRemoved']);

const resources: Readonly<Record<string, string>> = {
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

const refusal = (message: string): Obstacle => ({ code: 'illegal-state', message });

interface Work {
  readonly view: ReadView;
  readonly present: Present;
  readonly changes: ReadonlyMap<string, Change>;
}

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
    const work: Work = { view, present: new Present(view, subjects), changes };
    const steps = events.toReversed().map((found) => this.step(work, found));
    // What goes takes its variables with it.
    return steps.map((step) => {
      const goesAlong = step.commands.some(
        ({ to, id }) => to === 'variables' && work.present.of(id) === null,
      );
      return goesAlong ? { ...step, commands: [], along: true } : step;
    });
  }

  private step(work: Work, found: FoundEvent): ReversalStep {
    const { event, entry } = found;
    const change = work.changes.get(event.cursor);
    const name = nameAt(work.view, found, change);
    const nothing = { found, name, change, resource: null, commands: [] };
    const isOfVariables = event.stream.startsWith('variables-');
    if (isOfVariables && ofValues.has(event.type)) return this.variablesStep(work, found);
    if (isOfVariables || !change || entry.kind === null || !revertible.has(entry.kind))
      return { ...nothing, obstacles: [refusal(`${event.type} cannot be reverted`)] };
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
    if (does.does === 'remove') return { ...step, commands, obstacles: this.left(work, reverted.id) };
    if (does.does === 'change') return { ...step, commands, obstacles: [] };
    const returned = this.returned(work, { ownerKind, reverted }, event.cursor);
    return { ...step, commands: [...commands, ...returned], obstacles: [] };
  }

  /** Variables that somebody has set since would go with their owner. */
  private left({ present }: Work, id: string): Obstacle[] {
    const keys = [...present.variablesOf(id).keys()];
    return keys.length > 0
      ? [refusal(`${keys.slice(0, 10).join(', ')} would go with it, and was not set by what is put back`)]
      : [];
  }

  /** The variables' own stream never heard that they went with their owner: it must before they can come back. */
  private returned(
    { view, present }: Work,
    { ownerKind, reverted: { kind, id } }: { readonly ownerKind: OwnerKind; readonly reverted: Reverted },
    cursor: string,
  ): readonly VariablesUndoing[] {
    const lost = new Map(lostVariables(view, id, cursor).map((row) => [row.key, keptOf(row)]));
    const keys = [...lost.keys()];
    if (keys.length === 0) return [];
    present.haveVariables(id, lost);
    const gone = { type: 'RemoveVariables', ownerKind, keys } as const;
    const commands = [gone, ...puttingVariables(ownerKind, keys, lost)];
    const last = turnedPlaced(view, kind, [[id, cursor]]).find(({ valid_to }) => valid_to === cursor);
    const existedAt = last?.valid_from;
    return commands.map((command) => ({ to: 'variables', id, ownerKind, command, existedAt }));
  }

  private variablesStep(work: Work, found: FoundEvent): ReversalStep {
    const { event } = found;
    const id = cutStream(event.stream);
    const { ownerKind } = event.data as unknown as { ownerKind: OwnerKind };
    const keys = keysOf(event.data);
    const turned = turnedVariables(
      work.view,
      keys.map((key) => [id, key, event.cursor] as const),
    );
    const side = (moment: 'valid_from' | 'valid_to') =>
      new Map<string, KeptValue>(
        turned.flatMap((row) => (row[moment] === event.cursor ? [[row.key, keptOf(row)]] : [])),
      );
    const now = work.present.variablesOf(id);
    const change = work.changes.get(event.cursor);
    const name = nameAt(work.view, found, change);
    const step = { found, change, name, resource: 'variables', commands: [] };
    if (work.present.of(id) === null)
      return { ...step, obstacles: [refusal('whose variables they were is not there any more')] };
    const does = undoingVariables({ before: side('valid_to'), after: side('valid_from') }, now);
    if (does.does === 'conflict')
      return { ...step, obstacles: laterVariables(work.view, event.cursor, id, does.keys) };
    work.present.haveVariables(id, does.now);
    const commands = puttingVariables(ownerKind, does.keys, does.now);
    return {
      ...step,
      commands: commands.map((command) => ({ to: 'variables', id, ownerKind, command })),
      obstacles: [],
    };
  }
}
