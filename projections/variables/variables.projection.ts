import type { Recorded } from '#libs/kernel/src/event.js';
import type { Json } from '#libs/kernel/src/json.js';
import { masks } from '#libs/kernel/src/masks.js';
import { patch, type Projection, put, remove, type Row, type Write } from '#libs/kernel/src/projection.js';
import type { RegionRemoved } from '#libs/inventory/src/cloud.events.js';
import type { CloudRemoved, ProjectRemoved } from '#libs/inventory/src/project.events.js';
import type {
  CellRemoved,
  DeviceRemoved,
  InterfaceRemoved,
  NetworkRemoved,
} from '#libs/inventory/src/region.events.js';
import type { VariablesEvent } from '#libs/inventory/src/variables.events.js';

type OwnerRemoved =
  | ProjectRemoved
  | CloudRemoved
  | RegionRemoved
  | CellRemoved
  | DeviceRemoved
  | NetworkRemoved
  | InterfaceRemoved;

const idOf = ({ stream }: Recorded): string => stream.slice(stream.indexOf('-') + 1);

const forgotten = (ownerId: string): readonly Write[] => [
  remove('variables', { owner_id: ownerId }),
  remove('variable_schemas', { owner_id: ownerId }),
  remove('variable_owners', { owner_id: ownerId }),
];

// What is set tells the revision by itself, and sets are many.
const moved = (event: Recorded): Write =>
  put('variable_owners', { owner_id: idOf(event) }, { revision: event.revision });

const known = {
  revision: 'INTEGER NOT NULL',
  event_id: 'TEXT NOT NULL',
  actor: 'TEXT NOT NULL',
  changed_at: 'TEXT NOT NULL',
  reason: 'TEXT',
} as const;

const knownOf = ({ id, metadata, revision, recordedAt }: Recorded): Row => ({
  revision,
  event_id: id,
  actor: metadata.actor.username,
  changed_at: recordedAt.toISOString(),
  reason: metadata.reason ?? null,
});

// Whoever reads values reads the mask, so that nobody can forget to hide what is behind it.
const hiddenAs = (nature: keyof typeof masks, hidden: Json, revision: number): Row => ({
  value: JSON.stringify(masks[nature]),
  revision,
  nature,
  hidden: JSON.stringify(hidden),
});

// Once for all that one event sets: in each of its rows it would be most of the row.
const changed = (event: Recorded): Write => {
  const { revision, ...known } = knownOf(event);
  return put('variable_changes', { owner_id: idOf(event), revision: revision! }, known);
};

/** Each owner's own variables and schemas, and what is known of the events that set them. */
export const variables: Projection<VariablesEvent | OwnerRemoved> = {
  name: 'variables',
  version: 4,
  tables: [
    {
      name: 'variables',
      columns: {
        owner_id: 'TEXT NOT NULL',
        key: 'TEXT NOT NULL',
        value: 'TEXT NOT NULL',
        // Of the owner's variables, when this one was set: the key of its change.
        revision: 'INTEGER NOT NULL',
        // Most are plain: what is left out costs their writes nothing.
        nature: "TEXT NOT NULL DEFAULT 'plain'",
        hidden: 'TEXT',
      },
      key: ['owner_id', 'key'],
    },
    // Stays when the owner goes, as what happened does: so it has no history to look through.
    {
      name: 'variable_changes',
      columns: { owner_id: 'TEXT NOT NULL', ...known },
      key: ['owner_id', 'revision'],
    },
    {
      name: 'variable_schemas',
      columns: {
        owner_id: 'TEXT NOT NULL',
        key: 'TEXT NOT NULL',
        schema: 'TEXT NOT NULL',
        ...known,
      },
      key: ['owner_id', 'key'],
    },
    {
      name: 'variable_owners',
      columns: { owner_id: 'TEXT NOT NULL', revision: 'INTEGER NOT NULL' },
      key: ['owner_id'],
    },
  ],
  on: {
    VariablesSet: (event) => {
      const { values, secrets } = event.data;
      const owner_id = idOf(event);
      const { revision } = event;
      const sealed = secrets && new Set(secrets);
      const rows = [changed(event)];
      for (const key of Object.keys(values)) {
        const value = values[key]!;
        const row = sealed?.has(key)
          ? hiddenAs('secret', value, revision)
          : { value: JSON.stringify(value), revision };
        rows.push(put('variables', { owner_id, key }, row));
      }
      return rows;
    },
    VariablesBound: (event) => {
      const owner_id = idOf(event);
      const bindings = Object.entries(event.data.bindings);
      return [
        changed(event),
        ...bindings.map(([key, binding]) =>
          put('variables', { owner_id, key }, hiddenAs('bound', binding, event.revision)),
        ),
      ];
    },
    // Whoever set them set them: only what is behind the masks changes.
    VariablesResealed: (event) => [
      ...Object.entries(event.data.seals).map(([key, seal]) =>
        patch('variables', { owner_id: idOf(event), key }, { hidden: JSON.stringify(seal) }),
      ),
      moved(event),
    ],
    VariablesRemoved: (event) => [
      ...event.data.keys.map((key) => remove('variables', { owner_id: idOf(event), key })),
      moved(event),
    ],
    VariableSchemasAttached: (event) => [
      ...Object.entries(event.data.schemas).map(([key, schema]) =>
        put(
          'variable_schemas',
          { owner_id: idOf(event), key },
          { schema: JSON.stringify(schema), ...knownOf(event) },
        ),
      ),
      moved(event),
    ],
    VariableSchemasDetached: (event) => [
      ...event.data.keys.map((key) => remove('variable_schemas', { owner_id: idOf(event), key })),
      moved(event),
    ],
    ProjectRemoved: (event) => forgotten(idOf(event)),
    CloudRemoved: ({ data }) => forgotten(data.cloudId),
    RegionRemoved: ({ data }) => forgotten(data.regionId),
    CellRemoved: ({ data }) => forgotten(data.cellId),
    DeviceRemoved: ({ data }) => forgotten(data.deviceId),
    NetworkRemoved: ({ data }) => forgotten(data.networkId),
    InterfaceRemoved: ({ data }) => forgotten(data.interfaceId),
  },
};
