import type { Event } from '#libs/kernel/src/event.js';

// Stored forever. Add optional fields freely; for anything else add a new type and an upcaster.
export type Role = 'root' | 'auditor' | 'admin' | 'operator' | 'viewer';

export type ProjectCreated = Event<'ProjectCreated', { name: string }>;
export type ProjectRenamed = Event<'ProjectRenamed', { name: string }>;
export type ProjectRemoved = Event<'ProjectRemoved', Record<string, never>>;
/** Without `variablePrefixes` the user may write variables of any name that their roles let them write. */
export type UserAdded = Event<
  'UserAdded',
  { userId: string; username: string; roles: readonly Role[]; variablePrefixes?: readonly string[] }
>;
export type UserRemoved = Event<'UserRemoved', { userId: string }>;
/** All the roles that the user has from then on, in place of the earlier ones. */
export type RolesGranted = Event<'RolesGranted', { userId: string; roles: readonly Role[] }>;
/** The user writes variables from then on only where the key begins with one of these. */
export type UserLimited = Event<'UserLimited', { userId: string; variablePrefixes: readonly string[] }>;
export type UserUnlimited = Event<'UserUnlimited', { userId: string }>;
/** `hash` is a memory-hard hash; the key itself is shown once, to the person who asked for it. */
export type ApiKeyIssued = Event<
  'ApiKeyIssued',
  { keyId: string; userId: string; name: string; hash: string; expiresAt?: string }
>;
/** At most one for each key and UTC day: `at` is a use of that day, not each of them. */
export type ApiKeyUsed = Event<'ApiKeyUsed', { keyId: string; userId: string; at: string }>;
export type ApiKeyRevoked = Event<'ApiKeyRevoked', { keyId: string; userId: string }>;
export type CloudRegistered = Event<
  'CloudRegistered',
  { cloudId: string; name: string; note: string | null }
>;
export type CloudRenamed = Event<'CloudRenamed', { cloudId: string; name: string }>;
export type CloudNoteChanged = Event<'CloudNoteChanged', { cloudId: string; note: string | null }>;
export type CloudRemoved = Event<'CloudRemoved', { cloudId: string }>;

/** Stream `project-<id>`: usernames and cloud names are unique in it. */
export type ProjectEvent =
  | ProjectCreated
  | ProjectRenamed
  | ProjectRemoved
  | UserAdded
  | UserRemoved
  | RolesGranted
  | UserLimited
  | UserUnlimited
  | ApiKeyIssued
  | ApiKeyUsed
  | ApiKeyRevoked
  | CloudRegistered
  | CloudRenamed
  | CloudNoteChanged
  | CloudRemoved;
