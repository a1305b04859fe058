import { v7 } from 'uuid';
import { project } from '#libs/inventory/src/project.decider.js';
import { CommandRunner } from '#libs/platform/src/command-runner/command-runner.js';
import { nobody } from '#test/support/event-log.js';
import { type Gateway, startGateway } from '#test/support/gateway.js';
import { imported } from '#test/support/imports.js';
import { hardware, made, newRegion } from '#test/support/places.js';

const improper = ['a\u2028b', 'a\u202eb', 'a\u2066b', 'a\u200bb', '\ufeffa', ' a', 'a\u00a0', 'u\u0308'];

describe('names', () => {
  let gateway: Gateway;
  let regionId: string;
  beforeAll(async () => {
    gateway = await startGateway();
    ({ regionId } = await newRegion(gateway.root));
  });
  afterAll(() => gateway.close());

  const count = async () => (await gateway.events()).length;
  const refusal = (member: string) => ({
    status: 400,
    body: { errors: [{ member, message: expect.stringMatching(/^must (?:not begin|be without|be in)/) }] },
  });

  it.each<[string, () => object, string?]>([
    ['/v1/projects', () => ({})],
    ['/v1/users', () => ({}), 'username'],
    ['/v1/workflows', () => ({ steps: [{ name: 'a', plugin: 'pause', input: {}, deadline_seconds: 1 }] })],
    ['/v1/clouds', () => ({})],
    ['/v1/cells', () => ({ region_id: regionId })],
    ['/v1/hosts', () => ({ region_id: regionId, ...hardware })],
    ['/v1/networks', () => ({ region_id: regionId, cidr: '10.0.0.0/24', gateway: '10.0.0.1' })],
  ])(
    'of %s are refused when they look like others, each with the reason',
    async (path, more, member = 'name') => {
      const before = await count();
      for (const name of improper)
        expect(await gateway.root.post(path, { ...more(), [member]: name })).toMatchObject(refusal(member));
      expect(await count()).toBe(before);
      expect((await gateway.root.post(path, { ...more(), [member]: 'Z\u00fcrich \u6771' })).status).toBe(201);
    },
  );

  it('are refused the same when something is renamed', async () => {
    const { body } = await made(gateway.root.post('/v1/clouds', { name: 'renamed' }));
    expect(await gateway.root.put(`/v1/clouds/${body.id}`, { name: 'renamed\u200b' })).toMatchObject(
      refusal('name'),
    );
  });

  it('are refused the same in rows of an import, and where rows have places made', async () => {
    const place = { cloud: 'imported', region: 'east' };
    const host = { kind: 'host', name: 'one', ...place, ...hardware };
    const rows = [
      { ...host, name: 'two\u202e' },
      { ...host, cloud: 'imported ' },
      { ...host, region: ' east' },
      { ...host, name: 'three', cell: 'u\u0308' },
      host,
    ];
    const { results, summary } = await imported(gateway.root, rows, '?create_places=true&mode=best-effort');
    expect(summary).toMatchObject({ refused: 4 });
    const refused = results.filter(({ result }) => result === 'refused');
    expect(refused.map(({ problem }) => problem)).toEqual(
      ['name', 'cloud', 'region', 'cell'].map((member) =>
        expect.objectContaining({
          errors: [{ member, message: expect.stringMatching(/^must (?:not begin|be without|be in)/) }],
        }),
      ),
    );
  });

  it('of before stay, are found, and keep nothing else from being changed', async () => {
    const [projectId, cloudId] = [gateway.credentials?.project_id ?? '', v7()];
    const command = { type: 'RegisterCloud', cloudId, name: 'old\u200b ', note: null } as const;
    const metadata = { ...nobody, projectId, correlationId: v7(), causationId: v7(), commandId: v7() };
    const { cursor } = await gateway.app
      .get(CommandRunner, { strict: false })
      .run(project, projectId, command, metadata);
    if (cursor !== undefined) await gateway.readStore.passed(cursor, 10_000);
    const found = await gateway.root.get(`/v1/clouds?name=${encodeURIComponent('old\u200b ')}`);
    expect(found.body.clouds).toMatchObject([{ id: cloudId }]);
    const changed = await gateway.root.put(`/v1/clouds/${cloudId}`, { note: 'kept' });
    expect(changed).toMatchObject({ status: 200, body: { name: 'old\u200b ', note: 'kept' } });
  });
});
