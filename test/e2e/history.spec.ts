import { v7 } from 'uuid';
import type { Answer, Gateway } from '#test/support/gateway.js';
import { startGateway } from '#test/support/gateway.js';
import { type Fact, happen } from '#test/support/event-log.js';
import { hardware, made, newRegion, stranger } from '#test/support/places.js';

interface Entry {
  readonly type: string;
  readonly stream: string;
  readonly cursor: string;
}

const typesOf = ({ body }: Answer): string[] => body.history.map(({ type }: Entry) => type);

describe('the history of a host', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  const registered = async (regionId: string, name: string): Promise<string> =>
    (await made(gateway.root.post('/v1/hosts', { name, region_id: regionId, ...hardware }))).body.id;
  const happened = async (stream: string, ...facts: [Fact, ...Fact[]]) =>
    gateway.readStore.passed(await happen(gateway.eventStore, stream, ...facts), 10_000);

  /** Two hosts with something of everything, in turn. */
  const lived = async () => {
    const { regionId } = await newRegion(gateway.root);
    const id = await registered(regionId, 'a');
    const other = await registered(regionId, 'b');
    const host = { hostId: id, regionId, name: 'a' };
    const at = '2026-11-22T14:42:39.433Z';
    const [windowId, runId] = [v7(), v7()];
    await gateway.root.put(`/v1/hosts/${id}/variables`, { a: 1 }, { 'x-craton-reason': 'because' });
    await gateway.root.put(`/v1/hosts/${other}/variables`, { a: 1 });
    await happened(`window-${windowId}`, ['WindowScheduled', { host, startsAt: at, endsAt: at, note: null }]);
    await gateway.root.put(`/v1/hosts/${id}`, { note: 'n', active: false });
    await happened(`run-${runId}`, [
      'RunStarted',
      { workflowId: v7(), workflow: 'w', steps: [], input: {}, host, windowId, at, deadline: at },
    ]);
    await gateway.root.put(`/v1/hosts/${other}`, { note: 'n' });
    await happened(`window-${windowId}`, ['WindowCancelled', { host, at }]);
    await gateway.root.post(`/v1/hosts/${id}/retire`, undefined);
    return { id, other, regionId };
  };

  const everything = [
    'DeviceRegistered',
    'VariablesSet',
    'WindowScheduled',
    'DeviceDeactivated',
    'DeviceNoteChanged',
    'RunStarted',
    'WindowCancelled',
    'DeviceRetired',
  ];

  it('is every event of its own, of its variables, its windows and its runs, in log order', async () => {
    const { id, other, regionId } = await lived();
    const answer = await gateway.root.get(`/v1/hosts/${id}/history`);
    expect(typesOf(answer)).toEqual(everything);
    const log = (await gateway.events()).map(({ cursor }) => cursor as string);
    const cursors: string[] = answer.body.history.map(({ cursor }: Entry) => cursor);
    expect(cursors).toEqual(log.filter((cursor) => cursors.includes(cursor)));
    expect(answer.body.history[0]).toEqual({
      event_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      recorded_at: expect.stringMatching(/^\d{4}-.*Z$/),
      cursor: expect.any(String),
      type: 'DeviceRegistered',
      stream: `region-${regionId}`,
      revision: 0,
      actor: 'admin',
      reason: null,
      correlation_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      data: expect.objectContaining({ deviceId: id, name: 'a' }),
      before: null,
      after: expect.objectContaining({
        name: 'a',
        ip_address: '10.0.0.1',
        active: true,
        note: null,
      }),
    });
    expect(answer.body.history[1]).toMatchObject({ stream: `variables-${id}`, reason: 'because' });
    const theirs = await gateway.root.get(`/v1/hosts/${other}/history`);
    expect(typesOf(theirs)).toEqual(['DeviceRegistered', 'VariablesSet', 'DeviceNoteChanged']);
  });

  it('comes in pages from the newest to the oldest, and each event is on one of them', async () => {
    const { id } = await lived();
    let next: string | undefined = `/v1/hosts/${id}/history?limit=3`;
    const pages: string[][] = [];
    while (next !== undefined) {
      const answer: Answer = await gateway.root.get(next);
      expect(answer.status).toBe(200);
      pages.push(typesOf(answer));
      const links = answer.body.links as { rel: string; href: string }[];
      expect(links.map(({ rel }) => rel).slice(0, 2)).toEqual(['first', 'self']);
      next = links.find(({ rel }) => rel === 'next')?.href.replace('http://localhost:80', '');
    }
    expect(pages.map(({ length }) => length)).toEqual([3, 3, 2]);
    expect(pages.toReversed().flat()).toEqual(everything);
  });

  it('shows the members that were asked for, on every page', async () => {
    const { id } = await lived();
    const first = await gateway.root.get(`/v1/hosts/${id}/history?limit=3&fields=type,actor`);
    expect(first.body.history.map(Object.keys)).toEqual(Array.from({ length: 3 }, () => ['type', 'actor']));
    const { href } = first.body.links.find(({ rel }: { rel: string }) => rel === 'next');
    const second = await gateway.root.get(href.replace('http://localhost:80', ''));
    expect(second.body.history.map(Object.keys)).toEqual(Array.from({ length: 3 }, () => ['type', 'actor']));
    const refused = await gateway.root.get(`/v1/hosts/${id}/history?fields=type,nothing`);
    expect([refused.status, refused.body.errors]).toEqual([
      400,
      [{ member: 'fields', message: 'nothing is no member of these things' }],
    ]);
  });

  it('ends where it is asked to', async () => {
    const { id } = await lived();
    const { history } = (await gateway.root.get(`/v1/hosts/${id}/history`)).body;
    const then = await gateway.root.get(`/v1/hosts/${id}/history?as_of=${history[3].cursor}`);
    expect(typesOf(then)).toEqual(everything.slice(0, 4));
  });

  it('outlives the host', async () => {
    const { regionId } = await newRegion(gateway.root);
    const id = await registered(regionId, 'mistake');
    const then = (await gateway.root.get(`/v1/hosts/${id}`)).headers['craton-cursor'];
    await gateway.root.delete(`/v1/hosts/${id}`);
    expect((await gateway.root.get(`/v1/hosts/${id}/history`)).status).toBe(404);
    const past = await gateway.root.get(`/v1/hosts/${id}/history?as_of=${then}`);
    expect(typesOf(past)).toEqual(['DeviceRegistered']);
  });

  it('is for those who see the host, and in good measure', async () => {
    const { regionId } = await newRegion(gateway.root);
    const path = `/v1/hosts/${await registered(regionId, 'a')}/history`;
    expect((await (await stranger(gateway)).get(path)).status).toBe(404);
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'marker=1', 'as_of=x']) {
      const { status, body } = await gateway.root.get(`${path}?${query}`);
      expect([status, body.errors[0].member]).toEqual([400, query.split('=')[0]]);
    }
  });
});
