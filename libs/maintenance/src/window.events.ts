import type { Event } from '#libs/kernel/src/event.js';

// Stored forever. Add optional fields freely; for anything else add a new type and an upcaster.
export interface MaintainedHost {
  readonly hostId: string;
  readonly regionId: string;
  readonly name: string;
}

/** `done`: maintained and back in production. `restored`: given up, back in production. `held`: out of production, see reason. */
export type MaintenanceOutcome = 'done' | 'restored' | 'held';

export type WindowScheduled = Event<
  'WindowScheduled',
  { host: MaintainedHost; startsAt: string; endsAt: string; note: string | null }
>;
/** The host is claimed in its region before this is written. */
export type WindowOpened = Event<'WindowOpened', { host: MaintainedHost; at: string }>;
/** The end came while work was going on; the window closes when the work ends. */
export type WindowOverran = Event<'WindowOverran', { host: MaintainedHost; at: string }>;
export type WindowClosed = Event<
  'WindowClosed',
  { host: MaintainedHost; at: string; cause: 'operator' | 'end' | 'refused'; detail: string | null }
>;
export type WindowCancelled = Event<'WindowCancelled', { host: MaintainedHost; at: string }>;
export type HostMaintenanceBegan = Event<'HostMaintenanceBegan', { host: MaintainedHost; runId: string }>;
export type HostMaintenanceEnded = Event<
  'HostMaintenanceEnded',
  { host: MaintainedHost; runId: string; outcome: MaintenanceOutcome; detail: string | null }
>;

/** Stream `window-<id>`: one maintenance window on one host. */
export type WindowEvent =
  | WindowScheduled
  | WindowOpened
  | WindowOverran
  | WindowClosed
  | WindowCancelled
  | HostMaintenanceBegan
  | HostMaintenanceEnded;
