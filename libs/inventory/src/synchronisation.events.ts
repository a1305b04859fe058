import type { Event } from '#libs/kernel/src/event.js';

// Stored forever. Add optional fields freely; for anything else add a new type and an upcaster.
/** What a synchronisation does beside looking. */
export interface SynchronisationOrder {
  readonly cloudId: string;
  /** Hosts that only the cloud knows are registered, in this cell and of this type. */
  readonly register: boolean;
  readonly cellId: string | null;
  readonly deviceType: string;
  /** Availability zone and aggregates become labels, as long as the cloud tells them. */
  readonly labels: boolean;
  /** Hosts that a synchronisation registered and the cloud does not know any more are retired. */
  readonly retire: boolean;
}

/** A host's compute service as the cloud told it; null is what it did not tell. */
export interface ServiceState {
  readonly serviceId: string;
  readonly name: string;
  /** Null for a host that is not registered. */
  readonly deviceId: string | null;
  readonly up: boolean;
  readonly enabled: boolean;
  readonly disabledReason: string | null;
  readonly zone: string | null;
  readonly aggregates: readonly string[] | null;
}

/** One thing that differs. Something that differs in another way than before is another one. */
export interface DriftItem {
  /** `unregistered`: only the cloud has the host. `unknown`: only the inventory has it. `different`: both have it, not alike. */
  readonly kind: 'unregistered' | 'unknown' | 'different';
  readonly name: string;
  readonly deviceId: string | null;
  /** Of `different`. */
  readonly member: 'ip_address' | 'active' | 'retired' | 'enabled' | 'up' | 'labels' | null;
  readonly registered: string | boolean | null;
  readonly discovered: string | boolean | null;
  readonly detail: string | null;
}

/** `nextAt` of all of these: when the region is to be looked after next, null for never. */
export type SynchronisationScheduled = Event<
  'SynchronisationScheduled',
  SynchronisationOrder & { everySeconds: number; at: string; nextAt: string }
>;
export type SynchronisationUnscheduled = Event<
  'SynchronisationUnscheduled',
  { at: string; nextAt: string | null }
>;
/** `engine` null: somebody asked for it, and a gateway does it. */
export type SynchronisationStarted = Event<
  'SynchronisationStarted',
  { syncId: string; cause: 'schedule' | 'request'; engine: string | null; at: string; deadline: string }
>;
/** Seen for the first time, or not as it was. */
export type HostServiceSeen = Event<'HostServiceSeen', ServiceState & { at: string }>;
export type HostServiceGone = Event<
  'HostServiceGone',
  { serviceId: string; name: string; deviceId: string | null; at: string }
>;
export type DriftAppeared = Event<'DriftAppeared', DriftItem & { at: string }>;
export type DriftDisappeared = Event<'DriftDisappeared', DriftItem & { at: string }>;
/** `labelled` null: labels were left alone. `drift` counts everything that differs, `omitted` what of it is too much to be kept. */
export type SynchronisationCompleted = Event<
  'SynchronisationCompleted',
  {
    syncId: string;
    at: string;
    nextAt: string | null;
    hosts: number;
    registered: number;
    labelled: number | null;
    retired: number;
    drift: number;
    omitted: number;
  }
>;
export type SynchronisationFailed = Event<
  'SynchronisationFailed',
  { syncId: string; at: string; reason: string; nextAt: string | null }
>;

/** Stream `synchronisation-<region id>`: one at a time. */
export type SynchronisationEvent =
  | SynchronisationScheduled
  | SynchronisationUnscheduled
  | SynchronisationStarted
  | HostServiceSeen
  | HostServiceGone
  | DriftAppeared
  | DriftDisappeared
  | SynchronisationCompleted
  | SynchronisationFailed;
