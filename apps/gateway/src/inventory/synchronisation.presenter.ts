import type { DriftItem } from '#libs/inventory/src/synchronisation.events.js';
import type {
  DriftRow,
  HostServiceRow,
  SynchronisationRow,
} from '#projections/synchronisation/synchronisation.queries.js';
import type {
  DriftBody,
  DriftItemBody,
  HostDifferenceBody,
  HostServiceBody,
  SynchronisationScheduleBody,
  SynchronisationStateBody,
  SynchronisedHostBody,
} from './synchronisation.bodies.js';

type Value = DriftItem['registered'];

const valueOf = (json: string): Value => JSON.parse(json) as Value;

const itemOf = (row: DriftRow): DriftItemBody => ({
  kind: row.kind,
  name: row.name,
  host_id: row.device_id,
  member: row.member === '' ? null : row.member,
  registered: valueOf(row.registered),
  discovered: valueOf(row.discovered),
  detail: row.detail,
  since: row.since,
});

export const driftBody = (
  { region_id, made_at, drift, omitted }: SynchronisationRow,
  rows: readonly DriftRow[],
): DriftBody => ({
  region_id,
  made_at,
  total: drift ?? 0,
  omitted: omitted ?? 0,
  drift: rows.map(itemOf),
});

const hostsOf = (rows: readonly DriftRow[], kind: DriftRow['kind']): readonly SynchronisedHostBody[] =>
  rows.filter((row) => row.kind === kind).map(({ device_id: id, name }) => ({ id, name }));

/** What is left to be settled, by what is to be done about it. */
export const settlementOf = (rows: readonly DriftRow[]) => ({
  unregistered: hostsOf(rows, 'unregistered'),
  differences: rows
    .filter(({ kind }) => kind === 'different')
    .map((row): HostDifferenceBody => ({
      id: row.device_id ?? '',
      name: row.name,
      member: row.member,
      registered: valueOf(row.registered),
      discovered: valueOf(row.discovered),
      detail: row.detail,
    })),
  unknown: hostsOf(rows, 'unknown'),
});

const scheduleOf = (row: SynchronisationRow): SynchronisationScheduleBody | null =>
  row.every_seconds === null
    ? null
    : {
        every_seconds: row.every_seconds,
        cell_id: row.cell_id,
        device_type: row.device_type ?? '',
        register: row.register === 1,
        labels: row.labels === 1,
        retire: row.retire === 1,
        scheduled_by: (JSON.parse(row.scheduled_by ?? '{}') as { username: string }).username,
      };

export const stateBody = (row: SynchronisationRow): SynchronisationStateBody => {
  const { region_id, outcome, reason, cause, started_at, ended_at, made_at } = row;
  const { hosts, registered, labelled, retired, drift } = row;
  return {
    region_id,
    schedule: scheduleOf(row),
    outcome,
    reason: outcome === 'failed' ? reason : null,
    cause,
    started_at,
    ended_at,
    next_at: outcome === 'running' ? null : row.next_at,
    made_at,
    hosts,
    registered,
    labelled,
    retired,
    drift,
  };
};

export const serviceBody = (row: HostServiceRow): HostServiceBody => ({
  id: row.id,
  region_id: row.region_id,
  host_id: row.device_id,
  name: row.name,
  up: row.up === 1,
  enabled: row.enabled === 1,
  disabled_reason: row.disabled_reason,
  zone: row.zone,
  aggregates: row.aggregates === null ? null : (JSON.parse(row.aggregates) as readonly string[]),
  since: row.since,
});
