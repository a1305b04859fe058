import { v5 } from 'uuid';
import type { Cursor, Recorded } from '#libs/kernel/src/event.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import type { AnnouncedEvent } from '#libs/notifications/src/notification.policy.js';
import type { NewEvent } from '#libs/platform/src/event-store/event-store.js';
import type { Work } from '#libs/workflows/src/run.events.js';
import type { StepDefinition } from '#libs/workflows/src/workflow.events.js';

type DataOf<T extends AnnouncedEvent['type']> = Extract<AnnouncedEvent, { type: T }>['data'];

const id = (name: string) => v5(name, v5.URL);
const secret = 'never-to-be-told';
const host = { hostId: id('host'), regionId: id('region'), name: 'compute-1' };
const device = { deviceId: id('device') };
const network = { networkId: id('network') };
const range = { cidr: '10.0.0.0/24', gateway: '10.0.0.1', netmask: '255.255.255.0' };
const port = { interfaceId: id('interface') };
const at = '2026-11-22T14:42:39.433Z';
const work: Work = { step: 'move', item: 0, phase: 'step', attempt: 1 };
const step: StepDefinition = {
  name: 'work',
  plugin: 'http.request',
  input: { headers: { authorization: secret } },
  deadlineSeconds: 60,
  attempts: 3,
  backoffSeconds: 5,
};
const order = { register: true, cellId: null, deviceType: 'server', labels: true, retire: false };
const service = { serviceId: id('service'), name: 'compute-1', ...device };
const state = { up: true, enabled: false, disabledReason: 'fan', zone: 'nova', aggregates: ['ssd'] };
const differs = {
  kind: 'different',
  name: 'compute-1',
  ...device,
  member: 'enabled',
  registered: true,
  discovered: false,
  detail: 'fan',
} as const;
const definition = { description: 'daily', steps: [step], inputSchema: { default: secret } };

/** One of each type of event that is announced; whatever must not be told says `never-to-be-told`. */
export const facts: { readonly [T in AnnouncedEvent['type']]: readonly [stream: string, data: DataOf<T>] } = {
  ProjectCreated: [`project-${id('project')}`, { name: 'acme' }],
  ProjectRenamed: [`project-${id('project')}`, { name: 'acme & sons' }],
  ProjectRemoved: [`project-${id('project')}`, {}],
  UserAdded: [`project-${id('project')}`, { userId: id('user'), username: 'kim', roles: ['operator'] }],
  UserRemoved: [`project-${id('project')}`, { userId: id('user') }],
  RolesGranted: [`project-${id('project')}`, { userId: id('user'), roles: ['admin'] }],
  UserLimited: [`project-${id('project')}`, { userId: id('user'), variablePrefixes: ['net.'] }],
  UserUnlimited: [`project-${id('project')}`, { userId: id('user') }],
  ApiKeyIssued: [
    `project-${id('project')}`,
    { keyId: id('key'), userId: id('user'), name: 'laptop', hash: secret },
  ],
  ApiKeyUsed: [`project-${id('project')}`, { keyId: id('key'), userId: id('user'), at }],
  ApiKeyRevoked: [`project-${id('project')}`, { keyId: id('key'), userId: id('user') }],
  CloudRegistered: [`project-${id('project')}`, { cloudId: id('cloud'), name: 'north', note: null }],
  CloudRenamed: [`project-${id('project')}`, { cloudId: id('cloud'), name: 'nord' }],
  CloudNoteChanged: [`project-${id('project')}`, { cloudId: id('cloud'), note: 'cold' }],
  CloudRemoved: [`project-${id('project')}`, { cloudId: id('cloud') }],
  CloudClosed: [`cloud-${id('cloud')}`, {}],
  RegionRegistered: [`cloud-${id('cloud')}`, { regionId: id('region'), name: 'r1', note: null }],
  RegionRenamed: [`cloud-${id('cloud')}`, { regionId: id('region'), name: 'r2' }],
  RegionNoteChanged: [`cloud-${id('cloud')}`, { regionId: id('region'), note: null }],
  RegionRemoved: [`cloud-${id('cloud')}`, { regionId: id('region') }],
  RegionClosed: [`region-${id('region')}`, {}],
  CellRegistered: [
    `region-${id('region')}`,
    { cellId: id('cell'), cloudId: id('cloud'), name: 'c1', note: null },
  ],
  CellRenamed: [`region-${id('region')}`, { cellId: id('cell'), name: 'c2' }],
  CellNoteChanged: [`region-${id('region')}`, { cellId: id('cell'), note: null }],
  CellRemoved: [`region-${id('region')}`, { cellId: id('cell') }],
  DeviceRegistered: [
    `region-${id('region')}`,
    {
      ...device,
      kind: 'host',
      cloudId: id('cloud'),
      name: 'compute-1',
      ipAddress: '10.0.0.1',
      deviceType: 'server',
      cellId: null,
      parentId: null,
      active: true,
      note: null,
    },
  ],
  DeviceRenamed: [`region-${id('region')}`, { ...device, name: 'compute-2' }],
  DeviceAddressChanged: [`region-${id('region')}`, { ...device, ipAddress: '10.0.0.2' }],
  DeviceTypeChanged: [`region-${id('region')}`, { ...device, deviceType: 'blade' }],
  DeviceActivated: [`region-${id('region')}`, device],
  DeviceDeactivated: [`region-${id('region')}`, device],
  DeviceNoteChanged: [`region-${id('region')}`, { ...device, note: 'ü☃' }],
  DeviceMovedToCell: [`region-${id('region')}`, { ...device, cellId: id('cell') }],
  DeviceMovedToParent: [`region-${id('region')}`, { ...device, parentId: null }],
  DeviceRetired: [`region-${id('region')}`, device],
  DeviceRemoved: [`region-${id('region')}`, device],
  DeviceClaimed: [`region-${id('region')}`, { ...device, windowId: id('window') }],
  DeviceReleased: [`region-${id('region')}`, { ...device, windowId: id('window') }],
  VariablesSet: [
    `variables-${id('device')}`,
    { ownerKind: 'host', values: { password: secret, ntp: [secret] } },
  ],
  VariablesBound: [
    `variables-${id('device')}`,
    { ownerKind: 'host', bindings: { site: { provider: 'http-json', url: secret } } },
  ],
  VariablesResealed: [
    `variables-${id('device')}`,
    { ownerKind: 'host', seals: { password: { key: 'new', nonce: secret, sealed: secret } } },
  ],
  VariableSchemasAttached: [
    `variables-${id('device')}`,
    { ownerKind: 'host', schemas: { ntp: { type: 'array', default: secret } } },
  ],
  VariableSchemasDetached: [`variables-${id('device')}`, { ownerKind: 'host', keys: ['ntp'] }],
  DeviceModelChanged: [`region-${id('region')}`, { ...device, modelName: 'X1' }],
  DeviceOsVersionChanged: [`region-${id('region')}`, { ...device, osVersion: '7.1' }],
  DeviceVlansChanged: [`region-${id('region')}`, { ...device, vlans: null }],
  LabelsAdded: [`region-${id('region')}`, { ...device, labels: ['rack:7', 'ü☃'] }],
  LabelsRemoved: [`region-${id('region')}`, { ...device, labels: ['rack:7'] }],
  NetworkRegistered: [
    `region-${id('region')}`,
    { ...network, ...range, cloudId: id('cloud'), name: 'n', cellId: null, ipBlockType: null, nss: null },
  ],
  NetworkRenamed: [`region-${id('region')}`, { ...network, name: 'm' }],
  NetworkReaddressed: [`region-${id('region')}`, { ...network, ...range }],
  NetworkIpBlockTypeChanged: [`region-${id('region')}`, { ...network, ipBlockType: 'private' }],
  NetworkTypeChanged: [`region-${id('region')}`, { ...network, networkType: 'vlan' }],
  NetworkNssChanged: [`region-${id('region')}`, { ...network, nss: null }],
  NetworkRemoved: [`region-${id('region')}`, network],
  InterfaceRegistered: [
    `region-${id('region')}`,
    {
      ...port,
      ...device,
      ...network,
      name: 'eth0',
      interfaceType: 'ethernet',
      ipAddress: '10.0.0.5',
      vlanId: 4,
      port: 1,
      speed: 1000,
      vlan: null,
      duplex: 'full',
      link: 'up',
      cdp: null,
      security: null,
    },
  ],
  InterfaceRenamed: [`region-${id('region')}`, { ...port, name: 'eth1' }],
  InterfaceTypeChanged: [`region-${id('region')}`, { ...port, interfaceType: 'fibre' }],
  InterfaceReaddressed: [`region-${id('region')}`, { ...port, ...network, ipAddress: '10.0.0.6' }],
  InterfaceSettingsChanged: [`region-${id('region')}`, { ...port, speed: 10_000, link: null }],
  InterfaceRemoved: [`region-${id('region')}`, port],
  SynchronisationScheduled: [
    `synchronisation-${id('region')}`,
    { ...order, cloudId: id('cloud'), everySeconds: 600, at, nextAt: at },
  ],
  SynchronisationUnscheduled: [`synchronisation-${id('region')}`, { at, nextAt: null }],
  SynchronisationStarted: [
    `synchronisation-${id('region')}`,
    { syncId: id('sync'), cause: 'schedule', engine: 'e1', at, deadline: at },
  ],
  SynchronisationCompleted: [
    `synchronisation-${id('region')}`,
    {
      syncId: id('sync'),
      at,
      nextAt: at,
      hosts: 9,
      registered: 1,
      labelled: 2,
      retired: 0,
      drift: 1,
      omitted: 0,
    },
  ],
  SynchronisationFailed: [
    `synchronisation-${id('region')}`,
    { syncId: id('sync'), at, reason: 'the cloud does not answer', nextAt: at },
  ],
  HostServiceSeen: [`synchronisation-${id('region')}`, { ...service, ...state, at }],
  HostServiceGone: [`synchronisation-${id('region')}`, { ...service, at }],
  DriftAppeared: [`synchronisation-${id('region')}`, { ...differs, at }],
  DriftDisappeared: [`synchronisation-${id('region')}`, { ...differs, at }],
  VariablesRemoved: [`variables-${id('device')}`, { ownerKind: 'host', keys: ['password'] }],
  WindowScheduled: [`window-${id('window')}`, { host, startsAt: at, endsAt: at, note: null }],
  WindowOpened: [`window-${id('window')}`, { host, at }],
  WindowOverran: [`window-${id('window')}`, { host, at }],
  WindowClosed: [`window-${id('window')}`, { host, at, cause: 'operator', detail: null }],
  WindowCancelled: [`window-${id('window')}`, { host, at }],
  HostMaintenanceBegan: [`window-${id('window')}`, { host, runId: id('run') }],
  HostMaintenanceEnded: [
    `window-${id('window')}`,
    { host, runId: id('run'), outcome: 'held', detail: 'the service cannot be enabled' },
  ],
  WorkflowDefined: [`workflow-${id('workflow')}`, { name: 'reboot', ...definition }],
  WorkflowRevised: [`workflow-${id('workflow')}`, definition],
  WorkflowRetired: [`workflow-${id('workflow')}`, {}],
  RunStarted: [
    `run-${id('run')}`,
    {
      workflowId: id('workflow'),
      workflow: 'reboot',
      steps: [step],
      input: { token: secret },
      host,
      windowId: id('window'),
      at,
      deadline: at,
    },
  ],
  RunTurnedBack: [`run-${id('run')}`, { at, cause: 'failed', reason: 'no valid host' }],
  RunSucceeded: [`run-${id('run')}`, { at }],
  RunFailed: [`run-${id('run')}`, { at, reason: 'no valid host' }],
  RunCancelled: [`run-${id('run')}`, { at, reason: 'by kim' }],
  RunExpired: [`run-${id('run')}`, { at, reason: 'took too long' }],
  RunHeld: [`run-${id('run')}`, { at, reason: 'cannot be enabled' }],
  StepStarted: [
    `run-${id('run')}`,
    { ...work, plugin: 'instance.move', input: { token: secret }, engine: 'e1', at, deadline: at },
  ],
  StepSucceeded: [`run-${id('run')}`, { ...work, at, output: { body: secret } }],
  StepFailed: [`run-${id('run')}`, { ...work, at, reason: 'no valid host', retryAt: null }],
};

const metadata = {
  actor: { userId: id('kim'), username: 'kim', projectId: id('operators') },
  projectId: id('project'),
  correlationId: id('request'),
  causationId: id('request'),
  commandId: id('command'),
  reason: 'planned',
};

/** The fact as the log would return it. */
export const recorded = (type: AnnouncedEvent['type'], revision = 0): Recorded => {
  const [stream, data] = facts[type];
  return {
    id: v5(`${type} ${revision}`, v5.URL),
    type,
    stream,
    revision,
    data,
    metadata,
    recordedAt: new Date('2026-11-22T14:42:40.005Z'),
    cursor: `c${revision}` as Cursor,
  };
};

/** The fact as it is appended. */
export const fresh = (type: AnnouncedEvent['type'], revision = 0): NewEvent => {
  const { id: eventId, data } = recorded(type, revision);
  return { id: eventId, type, data: data as JsonObject, metadata: metadata as JsonObject };
};
