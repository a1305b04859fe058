import type { Event } from '#libs/kernel/src/event.js';

// Stored forever. Add optional fields freely; for anything else add a new type and an upcaster.
export type RegionRegistered = Event<
  'RegionRegistered',
  { regionId: string; name: string; note: string | null }
>;
export type RegionRenamed = Event<'RegionRenamed', { regionId: string; name: string }>;
export type RegionNoteChanged = Event<'RegionNoteChanged', { regionId: string; note: string | null }>;
export type RegionRemoved = Event<'RegionRemoved', { regionId: string }>;
/** No region can be registered in it any more: the first step of removing a cloud. */
export type CloudClosed = Event<'CloudClosed', Record<string, never>>;

/** Stream `cloud-<id>`: region names are unique in it. */
export type CloudEvent = RegionRegistered | RegionRenamed | RegionNoteChanged | RegionRemoved | CloudClosed;
