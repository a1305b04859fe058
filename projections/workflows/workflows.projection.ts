import type { Recorded } from '#libs/kernel/src/event.js';
import { patch, type Projection, put } from '#libs/kernel/src/projection.js';
import type { WorkflowEvent } from '#libs/workflows/src/workflow.events.js';

const idOf = ({ stream }: Recorded) => stream.slice(stream.indexOf('-') + 1);
const changed = ({ revision, recordedAt }: Recorded) => ({ revision, updated_at: recordedAt.toISOString() });

export const workflows: Projection<WorkflowEvent> = {
  name: 'workflows',
  version: 1,
  tables: [
    {
      name: 'workflows',
      columns: {
        id: 'TEXT NOT NULL',
        project_id: 'TEXT NOT NULL',
        name: 'TEXT NOT NULL',
        description: 'TEXT',
        steps: 'TEXT NOT NULL',
        input_schema: 'TEXT NOT NULL',
        retired: 'INTEGER NOT NULL',
        revision: 'INTEGER NOT NULL',
        created_at: 'TEXT NOT NULL',
        updated_at: 'TEXT',
      },
      key: ['id'],
      indexes: [['project_id', 'id']],
    },
  ],
  on: {
    WorkflowDefined: (event) => [
      put(
        'workflows',
        { id: idOf(event) },
        {
          project_id: event.metadata.projectId,
          name: event.data.name,
          description: event.data.description,
          steps: JSON.stringify(event.data.steps),
          input_schema: JSON.stringify(event.data.inputSchema),
          retired: 0,
          revision: event.revision,
          created_at: event.recordedAt.toISOString(),
          updated_at: null,
        },
      ),
    ],
    WorkflowRevised: (event) => [
      patch(
        'workflows',
        { id: idOf(event) },
        {
          description: event.data.description,
          steps: JSON.stringify(event.data.steps),
          input_schema: JSON.stringify(event.data.inputSchema),
          ...changed(event),
        },
      ),
    ],
    WorkflowRetired: (event) => [patch('workflows', { id: idOf(event) }, { retired: 1, ...changed(event) })],
  },
};
