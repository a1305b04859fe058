import type { Recorded } from '#libs/kernel/src/event.js';
import { patch, type Projection, put, remove, type Row, type Write } from '#libs/kernel/src/projection.js';
import type { RegionRegistered, RegionRemoved } from '#libs/inventory/src/cloud.events.js';
import type { DriftItem, SynchronisationEvent } from '#libs/inventory/src/synchronisation.events.js';

const regionOf = ({ stream }: Recorded): string => stream.slice(stream.indexOf('-') + 1);

const changed = (event: Recorded, values: Row): readonly Write[] => [
  patch('synchronisations', { region_id: regionOf(event) }, values),
];

const unset = {
  every_seconds: null,
  cloud_id: null,
  register: null,
  cell_id: null,
  device_type: null,
  labels: null,
  retire: null,
  scheduled_by: null,
} as const;

const idle = {
  next_at: null,
  sync_id: null,
  cause: null,
  engine: null,
  started_at: null,
  deadline: null,
  ended_at: null,
  outcome: null,
  reason: null,
  made_at: null,
  hosts: null,
  registered: null,
  labelled: null,
  retired: null,
  drift: null,
  omitted: null,
} as const;

const set = (event: Recorded, values: Row): Write =>
  patch('synchronisation_settings', { id: regionOf(event) }, { ...values, revision: event.revision });

const driftKey = (event: Recorded & { readonly data: DriftItem }): Row => {
  const { name, kind, member } = event.data;
  return { region_id: regionOf(event), name, kind, member: member ?? '' };
};

const text = 'TEXT';
const whole = 'INTEGER';

/** How each region is kept like its cloud: the setting, the last synchronisation, the cloud's services, and what differs since when. */
export const synchronisation: Projection<SynchronisationEvent | RegionRegistered | RegionRemoved> = {
  name: 'synchronisation',
  version: 2,
  tables: [
    {
      name: 'synchronisations',
      columns: {
        region_id: 'TEXT NOT NULL',
        project_id: 'TEXT NOT NULL',
        next_at: text,
        sync_id: text,
        cause: text,
        engine: text,
        started_at: text,
        deadline: text,
        ended_at: text,
        outcome: text,
        reason: text,
        made_at: text,
        hosts: whole,
        registered: whole,
        labelled: whole,
        retired: whole,
        drift: whole,
        omitted: whole,
      },
      key: ['region_id'],
      indexes: [['next_at'], ['outcome']],
    },
    // Apart, so that its versions are the changes of it, and none of what is done.
    {
      name: 'synchronisation_settings',
      columns: {
        id: 'TEXT NOT NULL',
        every_seconds: whole,
        cloud_id: text,
        register: whole,
        cell_id: text,
        device_type: text,
        labels: whole,
        retire: whole,
        scheduled_by: text,
        revision: 'INTEGER NOT NULL',
      },
      key: ['id'],
    },
    {
      name: 'host_services',
      columns: {
        id: 'TEXT NOT NULL',
        region_id: 'TEXT NOT NULL',
        name: 'TEXT NOT NULL',
        device_id: text,
        up: 'INTEGER NOT NULL',
        enabled: 'INTEGER NOT NULL',
        disabled_reason: text,
        zone: text,
        aggregates: text,
        since: 'TEXT NOT NULL',
      },
      key: ['id'],
      indexes: [['region_id'], ['name']],
    },
    {
      name: 'drift',
      columns: {
        region_id: 'TEXT NOT NULL',
        name: 'TEXT NOT NULL',
        kind: 'TEXT NOT NULL',
        member: 'TEXT NOT NULL',
        device_id: text,
        registered: text,
        discovered: text,
        detail: text,
        since: 'TEXT NOT NULL',
      },
      key: ['region_id', 'name', 'kind', 'member'],
    },
  ],
  on: {
    RegionRegistered: ({ data: { regionId }, metadata: { projectId } }) => [
      put('synchronisations', { region_id: regionId }, { project_id: projectId, ...idle }),
      put('synchronisation_settings', { id: regionId }, { ...unset, revision: -1 }),
    ],
    RegionRemoved: ({ data: { regionId } }) => [
      remove('synchronisation_settings', { id: regionId }),
      ...['synchronisations', 'host_services', 'drift'].map((table) =>
        remove(table, { region_id: regionId }),
      ),
    ],

    SynchronisationScheduled: (event) => {
      const { everySeconds, cloudId, register, cellId, deviceType, labels, retire, nextAt } = event.data;
      return [
        ...changed(event, { next_at: nextAt }),
        set(event, {
          every_seconds: everySeconds,
          cloud_id: cloudId,
          register: Number(register),
          cell_id: cellId,
          device_type: deviceType,
          labels: Number(labels),
          retire: Number(retire),
          scheduled_by: JSON.stringify(event.metadata.actor),
        }),
      ];
    },
    SynchronisationUnscheduled: (event) => [
      ...changed(event, { next_at: event.data.nextAt }),
      set(event, unset),
    ],
    SynchronisationStarted: (event) => {
      const { syncId, cause, engine, at, deadline } = event.data;
      return changed(event, {
        sync_id: syncId,
        cause,
        engine,
        started_at: at,
        deadline,
        next_at: deadline,
        outcome: 'running',
        ended_at: null,
        reason: null,
      });
    },
    SynchronisationCompleted: (event) => {
      const { syncId: _id, at, nextAt, ...counts } = event.data;
      return changed(event, {
        ...counts,
        outcome: 'completed',
        ended_at: at,
        made_at: at,
        next_at: nextAt,
      });
    },
    SynchronisationFailed: (event) => {
      const { at, reason, nextAt } = event.data;
      return changed(event, { outcome: 'failed', ended_at: at, reason, next_at: nextAt });
    },

    HostServiceSeen: (event) => {
      const { serviceId, name, deviceId, up, enabled, disabledReason, zone, aggregates, at } = event.data;
      const state = { up: Number(up), enabled: Number(enabled), disabled_reason: disabledReason, zone };
      const place = { region_id: regionOf(event), name, device_id: deviceId };
      return [
        put(
          'host_services',
          { id: serviceId },
          { ...place, ...state, aggregates: aggregates && JSON.stringify(aggregates), since: at },
        ),
      ];
    },
    HostServiceGone: ({ data }) => [remove('host_services', { id: data.serviceId })],

    DriftAppeared: (event) => {
      const { deviceId, registered, discovered, detail, at } = event.data;
      return [
        put('drift', driftKey(event), {
          device_id: deviceId,
          registered: JSON.stringify(registered),
          discovered: JSON.stringify(discovered),
          detail,
          since: at,
        }),
      ];
    },
    DriftDisappeared: (event) => [remove('drift', driftKey(event))],
  },
};
