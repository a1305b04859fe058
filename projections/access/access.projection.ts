import type { Recorded } from '#libs/kernel/src/event.js';
import { type Projection, put, remove } from '#libs/kernel/src/projection.js';
import type {
  ApiKeyIssued,
  ApiKeyRevoked,
  ProjectCreated,
  ProjectRemoved,
  UserAdded,
  UserRemoved,
} from '#libs/inventory/src/project.events.js';

type AccessEvent = ProjectCreated | ProjectRemoved | UserAdded | UserRemoved | ApiKeyIssued | ApiKeyRevoked;

const projectOf = ({ stream }: Recorded): string => stream.slice(stream.indexOf('-') + 1);

/** Who there is: projects, their users and the keys by which users are known. */
export const access: Projection<AccessEvent> = {
  name: 'access',
  version: 1,
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
        revision: 'INTEGER NOT NULL',
        created_at: 'TEXT NOT NULL',
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
          revision: event.revision,
          created_at: event.recordedAt.toISOString(),
        },
      ),
    ],
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
          created_at: event.recordedAt.toISOString(),
        },
      ),
    ],
    ApiKeyRevoked: ({ data: { keyId } }) => [remove('api_keys', { id: keyId })],
  },
};
