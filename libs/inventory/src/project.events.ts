import type { Event } from '#libs/kernel/src/event.js';

// Stored forever. Add optional fields freely; for anything else add a new type and an upcaster.
export type Role = 'root' | 'auditor' | 'admin' | 'operator' | 'viewer';

export type ProjectCreated = Event<'ProjectCreated', { name: string }>;
export type ProjectRemoved = Event<'ProjectRemoved', Record<string, never>>;
export type UserAdded = Event<'UserAdded', { userId: string; username: string; roles: readonly Role[] }>;
export type UserRemoved = Event<'UserRemoved', { userId: string }>;
/** `hash` is a memory-hard hash; the key itself is shown once, to the person who asked for it. */
export type ApiKeyIssued = Event<
  'ApiKeyIssued',
  { keyId: string; userId: string; name: string; hash: string }
>;
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
  | ProjectRemoved
  | UserAdded
  | UserRemoved
  | ApiKeyIssued
  | ApiKeyRevoked
  | CloudRegistered
  | CloudRenamed
  | CloudNoteChanged
  | CloudRemoved;
