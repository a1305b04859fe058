import type { Recorded } from '#libs/kernel/src/event.js';
import { patch, type Projection, put, remove, type Row } from '#libs/kernel/src/projection.js';
import type {
  ApiKeyIssued,
  ApiKeyRevoked,
  ApiKeyUsed,
  ProjectCreated,
  ProjectRemoved,
  ProjectRenamed,
  RolesGranted,
  UserAdded,
  UserLimited,
  UserRemoved,
  UserUnlimited,
} from '#libs/inventory/src/project.events.js';

type UserEvent = UserAdded | RolesGranted | UserLimited | UserUnlimited | UserRemoved;
type AccessEvent =
  ProjectCreated | ProjectRenamed | ProjectRemoved | UserEvent | ApiKeyIssued | ApiKeyUsed | ApiKeyRevoked;

const projectOf = ({ stream }: Recorded): string => stream.slice(stream.indexOf('-') + 1);

const prefixesOf = (prefixes: readonly string[] | undefined) => (prefixes ? JSON.stringify(prefixes) : null);

const changed = (event: Recorded<UserEvent>, values: Row) => [
  patch(
    'users',
    { id: event.data.userId },
    { ...values, revision: event.revision, updated_at: event.recordedAt.toISOString() },
  ),
];

/** Who there is: projects, their users and the keys by which users are known. */
export const access: Projection<AccessEvent> = {
  name: 'access',
  version: 2,
  tables: [
    {
      name: 'projects',
      columns: {
        id: 'TEXT NOT NULL',
        name: 'TEXT NOT NULL',
        revision: 'INTEGER NOT NULL',
        created_at: 'TEXT NOT NULL',
        updated_at: 'TEXT',
      },
      key: ['id'],
    },
    {
      name: 'users',
      columns: {
        id: 'TEXT NOT NULL',
        project_id: 'TEXT NOT NULL',
        username: 'TEXT NOT NULL',
        roles: 'TEXT NOT NULL',
        variable_prefixes: 'TEXT',
        revision: 'INTEGER NOT NULL',
        created_at: 'TEXT NOT NULL',
        updated_at: 'TEXT',
      },
      key: ['id'],
      indexes: [['project_id'], ['username']],
    },
    {
      name: 'api_keys',
      columns: {
        id: 'TEXT NOT NULL',
        project_id: 'TEXT NOT NULL',
        user_id: 'TEXT NOT NULL',
        name: 'TEXT NOT NULL',
        hash: 'TEXT NOT NULL',
        expires_at: 'TEXT',
        last_used_at: 'TEXT',
        created_at: 'TEXT NOT NULL',
      },
      key: ['id'],
      indexes: [['user_id'], ['project_id']],
    },
  ],
  on: {
    ProjectCreated: (event) => [
      put(
        'projects',
        { id: projectOf(event) },
        {
          name: event.data.name,
          revision: event.revision,
          created_at: event.recordedAt.toISOString(),
          updated_at: null,
        },
      ),
    ],
    ProjectRenamed: (event) => [
      patch(
        'projects',
        { id: projectOf(event) },
        { name: event.data.name, revision: event.revision, updated_at: event.recordedAt.toISOString() },
      ),
    ],
    ProjectRemoved: (event) => [
      remove('projects', { id: projectOf(event) }),
      remove('users', { project_id: projectOf(event) }),
      remove('api_keys', { project_id: projectOf(event) }),
    ],
    UserAdded: (event) => [
      put(
        'users',
        { id: event.data.userId },
        {
          project_id: projectOf(event),
          username: event.data.username,
          roles: JSON.stringify(event.data.roles),
          variable_prefixes: prefixesOf(event.data.variablePrefixes),
          revision: event.revision,
          created_at: event.recordedAt.toISOString(),
          updated_at: null,
        },
      ),
    ],
    RolesGranted: (event) => changed(event, { roles: JSON.stringify(event.data.roles) }),
    UserLimited: (event) => changed(event, { variable_prefixes: prefixesOf(event.data.variablePrefixes) }),
    UserUnlimited: (event) => changed(event, { variable_prefixes: null }),
    UserRemoved: ({ data: { userId } }) => [
      remove('users', { id: userId }),
      remove('api_keys', { user_id: userId }),
    ],
    ApiKeyIssued: (event) => [
      put(
        'api_keys',
        { id: event.data.keyId },
        {
          project_id: projectOf(event),
          user_id: event.data.userId,
          name: event.data.name,
          hash: event.data.hash,
          expires_at: event.data.expiresAt ?? null,
          last_used_at: null,
          created_at: event.recordedAt.toISOString(),
        },
      ),
    ],
    ApiKeyUsed: ({ data: { keyId, at } }) => [patch('api_keys', { id: keyId }, { last_used_at: at })],
    ApiKeyRevoked: ({ data: { keyId } }) => [remove('api_keys', { id: keyId })],
  },
};
