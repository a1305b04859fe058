import { closedForGood } from '#libs/inventory/src/revert.policy.js';
import type { RecordedEvent } from '#libs/platform/src/event-store/event-store.js';

const ofUsers = 'what a user may do is never changed in passing: change the user';

const byType: Readonly<Record<string, string | undefined>> = {
  RegionClosed: closedForGood('region'),
  CloudClosed: closedForGood('cloud'),
  UserAdded: 'a user is removed by name, for good, with their keys',
  UserRemoved: 'a user who was removed has no keys any more: add a new one',
  RolesGranted: ofUsers,
  UserLimited: ofUsers,
  UserUnlimited: ofUsers,
  ApiKeyIssued: 'somebody has the key: revoke it',
  ApiKeyRevoked: 'a key that was revoked may be in wrong hands: issue a new one',
  VariablesResealed: 'the secrets say what they said before',
};

const byCategory: Readonly<Record<string, string>> = {
  window: 'others were told of the window and count on it: cancel it, or schedule another',
  run: 'what steps did is undone by steps: cancel the run, or start one that does the opposite',
  workflow: 'runs may have begun as it says: revise it, or define another',
  synchronisation: 'it follows what the cloud says: change its schedule',
};

/** Why no event of this type is put back, in words for who asked for it. */
export const irrevocable = ({ type, stream }: Pick<RecordedEvent, 'type' | 'stream'>): string => {
  const [category = ''] = stream.split('-', 1);
  const reason = byType[type] ?? byCategory[category] ?? 'it changed nothing that could be as it was';
  return `${type} cannot be reverted: ${reason}`;
};
