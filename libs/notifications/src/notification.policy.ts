import type { CloudEvent } from '#libs/inventory/src/cloud.events.js';
import type { ProjectEvent } from '#libs/inventory/src/project.events.js';
import type { InterfaceSettingsChanged, RegionEvent } from '#libs/inventory/src/region.events.js';
import type { SynchronisationEvent } from '#libs/inventory/src/synchronisation.events.js';
import type { VariablesEvent } from '#libs/inventory/src/variables.events.js';
import type { Event, Recorded } from '#libs/kernel/src/event.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import type {
  HostMaintenanceBegan,
  HostMaintenanceEnded,
  WindowEvent,
} from '#libs/maintenance/src/window.events.js';
import type { RunEvent } from '#libs/workflows/src/run.events.js';
import type { WorkflowEvent } from '#libs/workflows/src/workflow.events.js';
import {
  hostOf,
  type Notification,
  notification,
  subject,
  tell,
  type Teller,
  tellOfHost,
} from './telling.policy.js';

export type { Notification } from './telling.policy.js';

/** Every fact that anybody outside is told of. */
export type AnnouncedEvent =
  | ProjectEvent
  | CloudEvent
  | RegionEvent
  | SynchronisationEvent
  | VariablesEvent
  | WindowEvent
  | WorkflowEvent
  | RunEvent;

/** Fenix's words for what happens to a host, so that what listens to Fenix understands us. */
const maintenanceHost = (
  event: Recorded<HostMaintenanceBegan | HostMaintenanceEnded>,
  state: 'IN_MAINTENANCE' | 'MAINTENANCE_COMPLETE' | 'MAINTENANCE_HELD',
  members: JsonObject,
): readonly Notification[] => {
  const said = notification('maintenance.host', event, {
    service: 'craton',
    state,
    session_id: subject(event.stream)['window_id'] ?? null,
    ...hostOf(event.data.host),
    run_id: event.data.runId,
    ...members,
  });
  return [said];
};

const tellOfEnd: Teller<HostMaintenanceEnded> = (event) => {
  const { outcome, detail } = event.data;
  const state = outcome === 'held' ? 'MAINTENANCE_HELD' : 'MAINTENANCE_COMPLETE';
  return maintenanceHost(event, state, { outcome }).map(({ eventType, payload }) => ({
    eventType,
    payload: { ...payload, reason: detail ?? payload['reason'] ?? null },
  }));
};

/** The names of the keys, never the values: a value may be a secret. */
const tellOfKeys =
  <E extends VariablesEvent>(eventType: string, keysOf: (data: E['data']) => readonly string[]): Teller<E> =>
  (event) => [notification(eventType, event, { owner_kind: event.data.ownerKind, keys: keysOf(event.data) })];

/** Steps by name only: their inputs may hold credentials. */
const tellOfDefinition =
  <E extends Extract<WorkflowEvent, { type: 'WorkflowDefined' | 'WorkflowRevised' }>>(
    eventType: string,
  ): Teller<E> =>
  (event) => [
    notification(eventType, event, {
      ...('name' in event.data && { name: event.data.name }),
      description: event.data.description,
      step_count: event.data.steps.length,
      steps: event.data.steps.map(({ name }) => name),
    }),
  ];

const settings = ['port', 'speed', 'vlan', 'duplex', 'link', 'cdp', 'security'] as const;

/** Only what changed: that something has no value is news too. */
const tellOfSettings: Teller<InterfaceSettingsChanged> = (event) => {
  const changed = ([...settings, 'vlanId'] as const).filter((setting) => event.data[setting] !== undefined);
  return tell<InterfaceSettingsChanged>(
    'inventory.interface.settings_changed',
    'interfaceId',
    ...changed,
  )(event);
};

const order = ['register', 'cellId', 'deviceType', 'labels', 'retire'] as const;
const counts = ['hosts', 'registered', 'labelled', 'retired', 'drift', 'omitted'] as const;
const told = ['serviceId', 'name', 'deviceId', 'up', 'enabled'] as const;
const differing = ['kind', 'name', 'deviceId', 'member', 'registered', 'discovered', 'detail'] as const;
const work = ['step', 'item', 'phase', 'attempt'] as const;

const tellers: {
  readonly [T in AnnouncedEvent['type']]: Teller<Extract<AnnouncedEvent, { type: T }>>;
} = {
  ProjectCreated: tell('inventory.project.created', 'name'),
  ProjectRenamed: tell('inventory.project.renamed', 'name'),
  ProjectRemoved: tell('inventory.project.removed'),
  UserAdded: tell('access.user.added', 'userId', 'username', 'roles', 'variablePrefixes'),
  UserRemoved: tell('access.user.removed', 'userId'),
  RolesGranted: tell('access.user.roles_granted', 'userId', 'roles'),
  UserLimited: tell('access.user.limited', 'userId', 'variablePrefixes'),
  UserUnlimited: tell('access.user.unlimited', 'userId'),
  ApiKeyIssued: tell('access.key.issued', 'keyId', 'userId', 'name', 'expiresAt'),
  ApiKeyUsed: tell('access.key.used', 'keyId', 'userId'),
  ApiKeyRevoked: tell('access.key.revoked', 'keyId', 'userId'),
  CloudRegistered: tell('inventory.cloud.registered', 'cloudId', 'name', 'note'),
  CloudRenamed: tell('inventory.cloud.renamed', 'cloudId', 'name'),
  CloudNoteChanged: tell('inventory.cloud.note_changed', 'cloudId', 'note'),
  CloudRemoved: tell('inventory.cloud.removed', 'cloudId'),
  CloudClosed: tell('inventory.cloud.closed'),
  RegionRegistered: tell('inventory.region.registered', 'regionId', 'name', 'note'),
  RegionRenamed: tell('inventory.region.renamed', 'regionId', 'name'),
  RegionNoteChanged: tell('inventory.region.note_changed', 'regionId', 'note'),
  RegionRemoved: tell('inventory.region.removed', 'regionId'),
  RegionClosed: tell('inventory.region.closed'),
  CellRegistered: tell('inventory.cell.registered', 'cellId', 'cloudId', 'name', 'note'),
  CellRenamed: tell('inventory.cell.renamed', 'cellId', 'name'),
  CellNoteChanged: tell('inventory.cell.note_changed', 'cellId', 'note'),
  CellRemoved: tell('inventory.cell.removed', 'cellId'),
  DeviceRegistered: tell(
    'inventory.device.registered',
    'deviceId',
    'kind',
    'name',
    'ipAddress',
    'deviceType',
    'cloudId',
    'cellId',
    'parentId',
    'active',
    'note',
    'modelName',
    'osVersion',
    'vlans',
    'labels',
  ),
  DeviceRenamed: tell('inventory.device.renamed', 'deviceId', 'name'),
  DeviceAddressChanged: tell('inventory.device.address_changed', 'deviceId', 'ipAddress'),
  DeviceTypeChanged: tell('inventory.device.type_changed', 'deviceId', 'deviceType'),
  DeviceActivated: tell('inventory.device.activated', 'deviceId'),
  DeviceDeactivated: tell('inventory.device.deactivated', 'deviceId'),
  DeviceNoteChanged: tell('inventory.device.note_changed', 'deviceId', 'note'),
  DeviceMovedToCell: tell('inventory.device.moved_to_cell', 'deviceId', 'cellId'),
  DeviceMovedToParent: tell('inventory.device.moved_to_parent', 'deviceId', 'parentId'),
  DeviceRetired: tell('inventory.device.retired', 'deviceId'),
  DeviceRemoved: tell('inventory.device.removed', 'deviceId'),
  DeviceClaimed: tell('inventory.device.claimed', 'deviceId', 'windowId'),
  DeviceReleased: tell('inventory.device.released', 'deviceId', 'windowId'),
  DeviceModelChanged: tell('inventory.device.model_changed', 'deviceId', 'modelName'),
  DeviceOsVersionChanged: tell('inventory.device.os_version_changed', 'deviceId', 'osVersion'),
  DeviceVlansChanged: tell('inventory.device.vlans_changed', 'deviceId', 'vlans'),
  LabelsAdded: tell('inventory.device.labels_added', 'deviceId', 'labels'),
  LabelsRemoved: tell('inventory.device.labels_removed', 'deviceId', 'labels'),
  VariablesSet: tellOfKeys('variables.set', ({ values }) => Object.keys(values)),
  VariablesBound: tellOfKeys('variables.bound', ({ bindings }) => Object.keys(bindings)),
  VariablesResealed: tellOfKeys('variables.resealed', ({ seals }) => Object.keys(seals)),
  VariableSchemasAttached: tellOfKeys('variables.schemas_attached', ({ schemas }) => Object.keys(schemas)),
  VariableSchemasDetached: tellOfKeys('variables.schemas_detached', ({ keys }) => keys),
  VariablesRemoved: tellOfKeys('variables.removed', ({ keys }) => keys),
  WindowScheduled: tellOfHost('maintenance.window.scheduled', 'startsAt', 'endsAt', 'note'),
  WindowOpened: tellOfHost('maintenance.window.opened'),
  NetworkRegistered: tell(
    'inventory.network.registered',
    'networkId',
    'name',
    'cidr',
    'gateway',
    'netmask',
    'cloudId',
    'cellId',
    'ipBlockType',
    'networkType',
    'nss',
  ),
  NetworkRenamed: tell('inventory.network.renamed', 'networkId', 'name'),
  NetworkReaddressed: tell('inventory.network.readdressed', 'networkId', 'cidr', 'gateway', 'netmask'),
  NetworkIpBlockTypeChanged: tell('inventory.network.ip_block_type_changed', 'networkId', 'ipBlockType'),
  NetworkTypeChanged: tell('inventory.network.type_changed', 'networkId', 'networkType'),
  NetworkNssChanged: tell('inventory.network.nss_changed', 'networkId', 'nss'),
  NetworkRemoved: tell('inventory.network.removed', 'networkId'),
  InterfaceRegistered: tell(
    'inventory.interface.registered',
    'interfaceId',
    'deviceId',
    'name',
    'interfaceType',
    'ipAddress',
    'networkId',
    'vlanId',
    ...settings,
  ),
  InterfaceRenamed: tell('inventory.interface.renamed', 'interfaceId', 'name'),
  InterfaceTypeChanged: tell('inventory.interface.type_changed', 'interfaceId', 'interfaceType'),
  InterfaceReaddressed: tell('inventory.interface.readdressed', 'interfaceId', 'ipAddress', 'networkId'),
  InterfaceSettingsChanged: tellOfSettings,
  InterfaceRemoved: tell('inventory.interface.removed', 'interfaceId'),
  SynchronisationScheduled: tell('inventory.synchronisation.scheduled', 'everySeconds', ...order, 'nextAt'),
  SynchronisationUnscheduled: tell('inventory.synchronisation.unscheduled'),
  SynchronisationStarted: tell('inventory.synchronisation.started', 'syncId', 'cause', 'engine', 'deadline'),
  SynchronisationCompleted: tell('inventory.synchronisation.completed', 'syncId', ...counts, 'nextAt'),
  SynchronisationFailed: tell('inventory.synchronisation.failed', 'syncId', 'nextAt'),
  HostServiceSeen: tell('inventory.service.seen', ...told, 'disabledReason', 'zone', 'aggregates'),
  HostServiceGone: tell('inventory.service.gone', 'serviceId', 'name', 'deviceId'),
  DriftAppeared: tell('inventory.drift.appeared', ...differing),
  DriftDisappeared: tell('inventory.drift.disappeared', ...differing),
  WindowOverran: tellOfHost('maintenance.window.overran'),
  WindowClosed: tellOfHost('maintenance.window.closed', 'cause', 'detail'),
  WindowCancelled: tellOfHost('maintenance.window.cancelled'),
  HostMaintenanceBegan: (event) => maintenanceHost(event, 'IN_MAINTENANCE', {}),
  HostMaintenanceEnded: tellOfEnd,
  WorkflowDefined: tellOfDefinition('workflow.defined'),
  WorkflowRevised: tellOfDefinition('workflow.revised'),
  WorkflowRetired: tell('workflow.retired'),
  RunStarted: tellOfHost('workflow.run.started', 'workflowId', 'workflow', 'windowId', 'deadline'),
  RunTurnedBack: tell('workflow.run.turned_back', 'cause'),
  RunSucceeded: tell('workflow.run.succeeded'),
  RunFailed: tell('workflow.run.failed'),
  RunCancelled: tell('workflow.run.cancelled'),
  RunExpired: tell('workflow.run.expired'),
  RunHeld: tell('workflow.run.held'),
  StepStarted: tell('workflow.step.started', ...work, 'plugin', 'engine', 'deadline'),
  StepSucceeded: tell('workflow.step.succeeded', ...work),
  StepFailed: tell('workflow.step.failed', ...work, 'retryAt'),
};

/** Every type of event that is announced. */
export const announcedTypes = Object.keys(tellers) as readonly AnnouncedEvent['type'][];

export const isAnnounced = (type: string): boolean => Object.hasOwn(tellers, type);

/** Whom to tell what of a fact; nothing for a type that is not announced. Never holds a variable's value, a hash or a step's input. */
export const notify = (event: Recorded): readonly Notification[] =>
  isAnnounced(event.type) ? (tellers[event.type as AnnouncedEvent['type']] as Teller<Event>)(event) : [];
