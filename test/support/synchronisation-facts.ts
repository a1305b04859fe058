import type {
  DriftItem,
  ServiceState,
  SynchronisationEvent,
} from '#libs/inventory/src/synchronisation.events.js';
import type { DiscoveredHost, RegisteredHost } from '#libs/inventory/src/synchronisation.policy.js';

export const order = {
  cloudId: 'c',
  register: true,
  cellId: null,
  deviceType: 'server',
  labels: true,
  retire: false,
};
/** As the cloud tells it. */
export const discovered = (name: string, more: Partial<DiscoveredHost> = {}): DiscoveredHost => ({
  name,
  ipAddress: '10.0.0.1',
  up: true,
  enabled: true,
  disabledReason: null,
  zone: 'z',
  aggregates: [],
  ...more,
});
/** As the inventory knows it. */
export const registered = (name: string, more: Partial<RegisteredHost> = {}): RegisteredHost => ({
  id: `id-${name}`,
  name,
  ipAddress: '10.0.0.1',
  active: true,
  retired: false,
  claimed: false,
  ...more,
});
export const minute = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString();

export const scheduled: SynchronisationEvent = {
  type: 'SynchronisationScheduled',
  data: { ...order, everySeconds: 600, at: minute(0), nextAt: minute(0) },
};
export const started = (
  syncId: string,
  at: number,
  cause: 'schedule' | 'request' = 'schedule',
): SynchronisationEvent => ({
  type: 'SynchronisationStarted',
  data: { syncId, cause, engine: null, at: minute(at), deadline: minute(at + 5) },
});
export const failed = (
  syncId: string,
  at: number,
  nextAt: string | null,
  reason = 'away',
): SynchronisationEvent => ({
  type: 'SynchronisationFailed',
  data: { syncId, at: minute(at), reason, nextAt },
});
export const counts = { hosts: 1, registered: 0, labelled: 0, retired: 0 };
export const completed = (
  syncId: string,
  at: number,
  nextAt: string | null,
  more = {},
): SynchronisationEvent => ({
  type: 'SynchronisationCompleted',
  data: { syncId, at: minute(at), nextAt, ...counts, drift: 0, omitted: 0, ...more },
});
export const start = (syncId: string, at: number, cause: 'schedule' | 'request' = 'schedule') =>
  ({
    type: 'StartSynchronisation',
    syncId,
    cause,
    engine: null,
    at: minute(at),
    deadline: minute(at + 5),
  }) as const;
export const complete = (syncId: string, at: number, drift: readonly DriftItem[] = []) =>
  ({ type: 'CompleteSynchronisation', syncId, at: minute(at), drift, ...counts }) as const;
export const unknown = (name: string): DriftItem => ({
  kind: 'unknown',
  name,
  deviceId: `id-${name}`,
  member: null,
  registered: null,
  discovered: null,
  detail: null,
});
export const service = (name: string, zone = 'z'): ServiceState => ({
  serviceId: `service-${name}`,
  name,
  deviceId: `id-${name}`,
  up: true,
  enabled: true,
  disabledReason: null,
  zone,
  aggregates: [],
});
export const seen = (name: string, zone = 'z'): SynchronisationEvent => ({
  type: 'HostServiceSeen',
  data: { ...service(name, zone), at: minute(1) },
});
export const waiting = [scheduled];
export const working = [scheduled, started('s', 0)];
