import type { Recorded } from '#libs/kernel/src/event.js';
import { patch, type Projection, put, remove, type Row } from '#libs/kernel/src/projection.js';
import type { DeviceClaimed, DeviceReleased } from '#libs/inventory/src/region.events.js';
import type { WindowEvent } from '#libs/maintenance/src/window.events.js';

const idOf = ({ stream }: Recorded) => stream.slice(stream.indexOf('-') + 1);

const changed = (event: Recorded, values: Row) => [
  patch(
    'windows',
    { id: idOf(event) },
    {
      ...values,
      revision: event.revision,
      updated_at: event.recordedAt.toISOString(),
    },
  ),
];

export const maintenance: Projection<WindowEvent | DeviceClaimed | DeviceReleased> = {
  name: 'maintenance',
  version: 1,
  tables: [
    {
      name: 'windows',
      columns: {
        id: 'TEXT NOT NULL',
        project_id: 'TEXT NOT NULL',
        host_id: 'TEXT NOT NULL',
        region_id: 'TEXT NOT NULL',
        host_name: 'TEXT NOT NULL',
        starts_at: 'TEXT NOT NULL',
        ends_at: 'TEXT NOT NULL',
        status: 'TEXT NOT NULL',
        note: 'TEXT',
        run_id: 'TEXT',
        outcome: 'TEXT',
        detail: 'TEXT',
        revision: 'INTEGER NOT NULL',
        created_at: 'TEXT NOT NULL',
        updated_at: 'TEXT',
      },
      key: ['id'],
      indexes: [['project_id', 'id'], ['host_id', 'id'], ['status']],
    },
    {
      name: 'claims',
      columns: {
        device_id: 'TEXT NOT NULL',
        region_id: 'TEXT NOT NULL',
        window_id: 'TEXT NOT NULL',
        project_id: 'TEXT NOT NULL',
        claimed_at: 'TEXT NOT NULL',
      },
      key: ['device_id'],
    },
  ],
  on: {
    WindowScheduled: (event) => [
      put(
        'windows',
        { id: idOf(event) },
        {
          project_id: event.metadata.projectId,
          host_id: event.data.host.hostId,
          region_id: event.data.host.regionId,
          host_name: event.data.host.name,
          starts_at: event.data.startsAt,
          ends_at: event.data.endsAt,
          status: 'scheduled',
          note: event.data.note,
          run_id: null,
          outcome: null,
          detail: null,
          revision: event.revision,
          created_at: event.recordedAt.toISOString(),
          updated_at: null,
        },
      ),
    ],
    WindowOpened: (event) => changed(event, { status: 'open' }),
    WindowOverran: (event) => changed(event, { status: 'overrun' }),
    WindowClosed: (event) =>
      changed(event, {
        status: 'closed',
        ...(event.data.detail === null ? {} : { detail: event.data.detail }),
      }),
    WindowCancelled: (event) => changed(event, { status: 'cancelled' }),
    HostMaintenanceBegan: (event) =>
      changed(event, { run_id: event.data.runId, outcome: null, detail: null }),
    HostMaintenanceEnded: (event) =>
      changed(event, { outcome: event.data.outcome, detail: event.data.detail }),
    DeviceClaimed: (event) => [
      put(
        'claims',
        { device_id: event.data.deviceId },
        {
          region_id: idOf(event),
          window_id: event.data.windowId,
          project_id: event.metadata.projectId,
          claimed_at: event.recordedAt.toISOString(),
        },
      ),
    ],
    DeviceReleased: (event) => [remove('claims', { device_id: event.data.deviceId })],
  },
};
