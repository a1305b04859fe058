import { type KeptValue, undoingVariables } from '#libs/inventory/src/revert-variables.policy.js';
import type { OwnerKind } from '#libs/inventory/src/variables.events.js';
import type { RecordedEvent } from '#libs/platform/src/event-store/event-store.js';
import { laterOwned } from './later-changes.js';
import { allOwned, keysOf, type Owned, ownedBy, ownedOf } from './owned.js';
import { keptOf } from './present.js';
import { type Obstacle, refusal, type VariablesUndoing, type Work } from './reversal.js';

/** Who has, or had, variables and schemas. */
export interface Belonging {
  readonly id: string;
  readonly ownerKind: OwnerKind;
}

const mostNamed = 10;

/** What somebody has set since would go with its owner. */
export const leftOf = ({ present }: Work, id: string): Obstacle[] =>
  allOwned.flatMap((owned) => {
    const keys = [...present.owns(owned, id).keys()].slice(0, mostNamed).map(ownedBy[owned].called);
    return keys.length > 0
      ? [refusal(`${keys.join(', ')} would go with it, and was not set by what is put back`)]
      : [];
  });

const sent = (
  work: Work,
  owned: Owned,
  { id, ownerKind }: Belonging,
  command: VariablesUndoing['command'],
): VariablesUndoing => ({
  to: 'variables',
  id,
  ownerKind,
  command,
  existedAt: work.returning.get(id),
  ...(owned === 'schemas' && { schemas: work.present.owns(owned, id) }),
});

/** What an owner had when it was removed. Its stream never heard that it went along: it must before it can come back. */
export const returnedTo = (work: Work, owner: Belonging, cursor: string): readonly VariablesUndoing[] =>
  allOwned.flatMap((owned) => {
    const { lost, putting } = ownedBy[owned];
    const kept = new Map(lost(work.view, owner.id, cursor).map((row) => [row.key, keptOf(row)]));
    const keys = [...kept.keys()];
    if (keys.length === 0) return [];
    work.present.have(owned, owner.id, kept);
    const commands = [...putting(owner.ownerKind, keys, new Map()), ...putting(owner.ownerKind, keys, kept)];
    return commands.map((command) => sent(work, owned, owner, command));
  });

/** What takes back what an event did to variables, or schemas, of somebody who is there. */
export const takingBack = (
  work: Work,
  event: RecordedEvent,
  owner: Belonging,
): { readonly commands: readonly VariablesUndoing[]; readonly obstacles: Obstacle[] } => {
  const { view, present } = work;
  const { cursor, data } = event;
  const owned = ownedOf(event) ?? 'variables';
  const { turned, putting } = ownedBy[owned];
  const asked = keysOf(data).map((key) => [owner.id, key, cursor] as const);
  const versions = turned(view, asked);
  const side = (moment: 'valid_from' | 'valid_to') =>
    new Map<string, KeptValue>(
      versions.flatMap((row) => (row[moment] === cursor ? [[row.key, keptOf(row)]] : [])),
    );
  const did = { before: side('valid_to'), after: side('valid_from') };
  const does = undoingVariables(did, present.owns(owned, owner.id));
  if (does.does === 'conflict')
    return { commands: [], obstacles: laterOwned(view, owned, [cursor, owner.id], does.keys) };
  present.have(owned, owner.id, does.now);
  const commands = putting(owner.ownerKind, does.keys, does.now);
  return { commands: commands.map((command) => sent(work, owned, owner, command)), obstacles: [] };
};
