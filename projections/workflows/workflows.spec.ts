import type { Fact } from '#test/support/event-log.js';
import { ReadModel } from '#test/support/read-model.js';
import { workflows } from './workflows.projection.js';
import { WorkflowQueries } from './workflows.queries.js';

const model = new ReadModel([workflows]);
const queries = new WorkflowQueries();

const definition = { description: 'd', steps: [{ name: 'a' }], inputSchema: { type: 'object' } };
const defined: Fact = ['WorkflowDefined', { name: 'n', ...definition }];

describe('the read model of workflows', () => {
  beforeEach(() => model.reset());
  afterAll(() => model.end());

  it('shows a workflow as it was defined', async () => {
    expect(queries.workflow(await model.after('workflow-w1', defined), 'w1')).toEqual({
      id: 'w1',
      project_id: 'p',
      name: 'n',
      description: 'd',
      steps: '[{"name":"a"}]',
      input_schema: '{"type":"object"}',
      retired: 0,
      revision: 0,
      created_at: '2026-01-01T00:00:00.000Z',
      updated_at: null,
    });
  });

  it('shows what it was revised to, and that it is retired', async () => {
    const revised: Fact = ['WorkflowRevised', { description: null, steps: [], inputSchema: {} }];
    const view = await model.after('workflow-w1', defined, revised);
    expect(queries.workflow(view, 'w1')).toMatchObject({
      description: null,
      steps: '[]',
      revision: 1,
      name: 'n',
    });
    const later = await model.after('workflow-w1', ['WorkflowRetired', {}]);
    expect(queries.workflow(later, 'w1')).toMatchObject({ retired: 1, revision: 2 });
  });

  it('lists workflows by project, name and whether they are retired', async () => {
    await model.after('workflow-w1', defined);
    await model.after('workflow-w2', defined, ['WorkflowRetired', {}]);
    const view = await model.after('workflow-w3', [
      'WorkflowDefined',
      { ...defined[1], name: 'm' },
      { projectId: 'q' },
    ]);
    const ids = (filter: object) => queries.workflows(view, filter, { limit: 9 }).rows.map(({ id }) => id);
    expect(ids({ projectId: 'p' })).toEqual(['w1', 'w2']);
    expect(ids({ projectId: 'p', retired: false })).toEqual(['w1']);
    expect(ids({ name: 'm' })).toEqual(['w3']);
  });

  it('was told of every event that it knows', () => {
    expect(model.untold()).toEqual([]);
  });
});
