import { EngineModule } from '#apps/engine/src/engine.module.js';
import { Cloud } from '#libs/clouds/src/cloud.port.js';
import type { SimulatedCloud } from '#libs/clouds/src/simulated/simulated-cloud.js';
import { type Answer, type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion, stranger } from '#test/support/places.js';
import { until } from '#test/support/until.js';

const windows = '/v1/maintenance-windows';
const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
const instant = expect.stringMatching(/^\d{4}-.*Z$/);
const nobody = '018f2c5e-0000-7000-8000-000000000000';
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

const hostIn = async (gateway: Gateway, name = 'compute-01') => {
  const { regionId } = await newRegion(gateway.root);
  const { body } = await made(gateway.root.post('/v1/hosts', { name, region_id: regionId, ...hardware }));
  return { id: body.id as string, regionId };
};

const open = async (gateway: Gateway, hostId: string, more: object = {}): Promise<Answer> =>
  made(gateway.root.post(windows, { host_id: hostId, ends_at: inMinutes(60), ...more }));

describe('maintenance of a host, from the window to the end', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({
      modules: [EngineModule],
      environment: { CRATON_SIMULATED_MIGRATION_MS: '20' },
    });
  });
  afterAll(() => gateway.close());

  const run = async (id: string) => (await gateway.root.get(`/v1/runs/${id}`)).body;
  const over = async (id: string) => {
    const isOver = async () => !['running', 'turning_back'].includes((await run(id)).status);
    await until(isOver, 30_000, () => 'the run is not over');
    return run(id);
  };
  const pause = (seconds: number) => ({ work: { plugin: 'pause', input: { seconds } } });
  const windowOf = async (id: string) => (await gateway.root.get(`${windows}/${id}`)).body;

  it('empties the host, works on it, and puts it back', async () => {
    const host = await hostIn(gateway, 'compute-02');
    const { body: window } = await open(gateway, host.id);
    const started = await made(
      gateway.root.post('/v1/runs', {
        workflow: 'host-maintenance',
        window_id: window.id,
        input: pause(0.05),
      }),
    );
    expect(started.body).toMatchObject({
      id: uuid,
      workflow: 'host-maintenance',
      host_id: host.id,
      host_name: 'compute-02',
      window_id: window.id,
      input: pause(0.05),
    });
    const ended = await over(started.body.id);
    expect(ended).toMatchObject({ status: 'succeeded', reason: null, finished_at: instant });
    const steps = ended.steps as { step: string; status: string; item: number | null }[];
    expect([...new Set(steps.map(({ step }) => step))]).toEqual([
      'announce',
      'inspect',
      'disable',
      'list',
      'evacuate',
      'verify-empty',
      'work',
      'verify-up',
      'enable',
      'finish',
    ]);
    expect(steps[0]).toEqual({
      step: 'announce',
      item: null,
      phase: 'step',
      attempt: 1,
      status: 'succeeded',
      plugin: 'maintenance.begin',
      started_at: instant,
      ended_at: instant,
      output: { held_by: [] },
      reason: null,
    });
    const moved = steps.filter(({ step, status }) => step === 'evacuate' && status === 'succeeded');
    expect(moved.map(({ item }) => item)).toEqual(expect.arrayContaining([0, 1, 2]));
    expect(await windowOf(window.id)).toMatchObject({
      status: 'open',
      run_id: started.body.id,
      outcome: 'done',
    });
    expect((await gateway.root.post(`${windows}/${window.id}/close`, undefined)).body.status).toBe('closed');
  }, 60_000);

  it('works on the host that the window is for, and not on another that has got its name', async () => {
    const host = await hostIn(gateway, 'compute-07');
    const { body: window } = await open(gateway, host.id);
    expect((await gateway.root.put(`/v1/hosts/${host.id}`, { name: 'compute-08' })).status).toBe(200);
    await made(gateway.root.post('/v1/hosts', { name: 'compute-07', region_id: host.regionId, ...hardware }));
    const started = await made(
      gateway.root.post('/v1/runs', {
        workflow: 'host-maintenance',
        window_id: window.id,
        input: pause(0.05),
      }),
    );
    expect(started.body.host_name).toBe('compute-08');
    expect((await over(started.body.id)).status).toBe('succeeded');
  }, 60_000);

  it('leaves a host to the run that works on it, also when it stands in another region once more', async () => {
    const begin = async (seconds: number): Promise<string> => {
      const { body: window } = await open(gateway, (await hostIn(gateway, 'compute-09')).id);
      const wanted = { workflow: 'host-maintenance', window_id: window.id, input: pause(seconds) };
      return (await made(gateway.root.post('/v1/runs', wanted))).body.id;
    };
    const hasBegun = async (id: string, name: string): Promise<boolean> =>
      (await run(id)).steps.some(({ step }: { step: string }) => step === name);
    const working = await begin(1);
    await until(() => hasBegun(working, 'list'));
    const refused = await begin(0.05);
    const [first, second] = [await over(working), await over(refused)];
    expect([first.status, second.status]).toEqual(['succeeded', 'failed']);
    expect(second.reason).toBe(`step disable failed: run ${first.id} works on compute-09`);
    expect(gateway.app.get<SimulatedCloud>(Cloud, { strict: false }).fleet.host('compute-09').enabled).toBe(
      true,
    );
  }, 60_000);

  it('is one run at a time, turns back when it is cancelled, and keeps its window until then', async () => {
    const host = await hostIn(gateway, 'compute-03');
    const { body: window } = await open(gateway, host.id);
    const wanted = { workflow: 'host-maintenance', host_id: host.id, input: pause(4) };
    const { body: first } = await made(gateway.root.post('/v1/runs', wanted));
    expect(first.window_id).toBe(window.id);
    const second = await gateway.root.post('/v1/runs', wanted);
    expect([second.status, second.body.detail]).toEqual([409, expect.stringContaining(first.id)]);
    const working = async () =>
      (await run(first.id)).steps.some(
        ({ step, status }: { step: string; status: string }) => step === 'work' && status === 'started',
      );
    await until(working, 30_000, () => 'the work did not begin');
    expect((await gateway.root.post(`${windows}/${window.id}/close`, undefined)).status).toBe(409);
    const cancelled = await gateway.root.post(`/v1/runs/${first.id}/cancel`, undefined, {
      'x-craton-reason': 'wrong%20host',
    });
    expect([cancelled.status, cancelled.body]).toEqual([
      200,
      expect.objectContaining({ status: 'turning_back', reason: 'wrong host' }),
    ]);
    const ended = await over(first.id);
    expect(ended).toMatchObject({ status: 'cancelled', reason: 'wrong host' });
    const undone = ended.steps.filter(({ phase }: { phase: string }) => phase === 'compensation');
    expect(undone.map(({ step }: { step: string }) => step)).toEqual(['disable', 'announce']);
    expect(await windowOf(window.id)).toMatchObject({ outcome: 'restored', detail: 'wrong host' });
    expect((await gateway.root.post(`/v1/runs/${first.id}/cancel`, undefined)).status).toBe(200);
  }, 60_000);

  it('needs an open window that contains the host', async () => {
    const host = await hostIn(gateway, 'compute-04');
    const other = await hostIn(gateway, 'compute-05');
    const start = (more: object) => gateway.root.post('/v1/runs', { workflow: 'host-maintenance', ...more });
    const missing = await start({});
    expect([missing.status, missing.body.errors[0].member]).toEqual([400, 'window_id']);
    expect((await start({ host_id: host.id })).status).toBe(409);
    const { body: later } = await open(gateway, host.id, { starts_at: inMinutes(30) });
    expect((await start({ window_id: later.id })).status).toBe(409);
    const { body: now } = await open(gateway, host.id);
    expect((await start({ window_id: now.id, host_id: other.id })).status).toBe(409);
    const unknown = await start({ window_id: nobody });
    expect([unknown.status, unknown.body.errors[0].member]).toEqual([404, 'window_id']);
    const wrong = await start({ window_id: now.id, input: { work: { plugin: 'rm' } } });
    expect([wrong.status, wrong.body.errors[0].member]).toEqual([400, expect.stringContaining('input.work')]);
  });

  it('is not for viewers, nor for other projects', async () => {
    const host = await hostIn(gateway, 'compute-06');
    const { body: window } = await open(gateway, host.id);
    const { body: user } = await gateway.root.post('/v1/users', { username: 'vera', roles: ['viewer'] });
    const wanted = { workflow: 'host-maintenance', window_id: window.id };
    expect((await gateway.as(user.api_key).post('/v1/runs', wanted)).status).toBe(403);
    const other = await stranger(gateway);
    expect((await other.post('/v1/runs', wanted)).status).toBe(404);
  });
});
