import { until } from '#test/support/until.js';
import { CloudRefused, CloudUnavailable } from '../cloud.port.js';
import { Faults } from '../simulated/faults.js';
import { Fleet } from '../simulated/fleet.js';
import { newFleet } from '../simulated/fleet.state.js';
import { SimulatedCompute } from '../simulated/simulated-compute.js';
import { Mover, type Pace } from './mover.js';

const pace: Pace = { firstPollMs: 2, lastPollMs: 4, settleMs: 10_000, callOffMs: 10_000 };

/** A cloud whose calls can be turned against us one by one. */
class TroubledCompute extends SimulatedCompute {
  starts = 0;
  looks = 0;
  /** Before a start: what happens instead of it. */
  instead: (() => Promise<string>) | undefined;
  blindLooks = 0;

  override async server(id: string, signal: AbortSignal) {
    this.looks += 1;
    if (this.starts > 0 && this.blindLooks-- > 0) throw new CloudUnavailable('no answer');
    return super.server(id, signal);
  }

  override start(id: string, mode: 'live' | 'cold', signal: AbortSignal): Promise<string> {
    this.starts += 1;
    return this.instead?.() ?? super.start(id, mode, signal);
  }
}

describe('a mover', () => {
  let faults: Faults;
  let fleet: Fleet;
  let compute: TroubledCompute;
  let id: string;
  beforeEach(() => {
    faults = new Faults();
    const state = newFleet({ hosts: ['old', 'new'], migrationMs: 20 });
    fleet = new Fleet(state, faults);
    compute = new TroubledCompute(fleet, faults);
    id = fleet.boot({ name: 'web', projectId: 'p', host: 'old' }).id;
    task = (value) => {
      state.servers[0]!.task = value;
    };
  });
  let task: (value: string | null) => void;

  const move = (
    mode: 'live' | 'cold' = 'live',
    signal: AbortSignal = AbortSignal.timeout(20_000),
    haste: Partial<Pace> = {},
  ) => new Mover(compute, { instanceId: id, from: 'old', mode }, { ...pace, ...haste }).move(signal);
  const abortedWhen = (condition: () => boolean, why: string) => {
    const stop = new AbortController();
    void until(condition).then(() => stop.abort(new Error(why)));
    return stop.signal;
  };

  it('waits for what else is being done to the instance before it starts', async () => {
    task('image_snapshot');
    const moved = move();
    await until(() => compute.looks > 3);
    expect(compute.starts).toBe(0);
    task(null);
    expect(await moved).toMatchObject({ to: 'new' });
    expect(compute.starts).toBe(1);
  });

  it('bears that the cloud does not answer for a few looks', async () => {
    compute.blindLooks = 3;
    expect(await move()).toMatchObject({ to: 'new' });
    expect(compute.starts).toBe(1);
  });

  it('gives up on a cloud that stays away, and finds its work again later', async () => {
    compute.blindLooks = 99;
    await expect(move()).rejects.toThrow(CloudUnavailable);
    compute.blindLooks = 0;
    expect(await move()).toMatchObject({ to: 'new' });
    expect(fleet.migrations(id)).toHaveLength(1);
  });

  it('does not touch a cloud that does not answer from the beginning', async () => {
    faults.away = true;
    await expect(move()).rejects.toThrow(CloudUnavailable);
    expect(compute.starts).toBe(0);
  });

  it('says that the cloud did not answer when a lost start was none', async () => {
    compute.instead = () => Promise.reject(new CloudUnavailable('the line broke'));
    const lost = move('live', undefined, { settleMs: 50 });
    await expect(lost).rejects.toThrow(new CloudUnavailable('the line broke'));
    expect(compute.starts).toBe(1);
    expect(fleet.migrations(id)).toHaveLength(0);
  });

  it('goes on with what somebody else was quicker to start', async () => {
    compute.instead = async () => {
      fleet.start(id, 'live');
      throw new CloudRefused('it is migrating already');
    };
    expect(await move()).toMatchObject({ to: 'new' });
    expect(fleet.migrations(id)).toHaveLength(1);
  });

  it('goes on with a start whose answer was lost and that began late', async () => {
    compute.instead = async () => {
      setTimeout(() => fleet.start(id, 'live'), 10);
      throw new CloudUnavailable('the line broke');
    };
    expect(await move()).toMatchObject({ to: 'new' });
    expect(fleet.migrations(id)).toHaveLength(1);
  });

  it('passes on at once why the cloud refuses', async () => {
    faults.refuse(id, 'its disk is local');
    await expect(move()).rejects.toThrow(
      `instance web (${id}) was not moved live off old: its disk is local`,
    );
    expect(compute.starts).toBe(1);
  });

  it('passes on why it came to nothing', async () => {
    faults.fail('old', 'the CPU does not match', 'live');
    await expect(move('live')).rejects.toThrow(/was not moved live off old: the CPU does not match/);
    expect(await move('cold')).toMatchObject({ to: 'new', mode: 'cold' });
  });

  it('does not wait for ever on a cloud that accepts and does nothing', async () => {
    compute.instead = async () => 'req-nothing';
    const idle = move('live', undefined, { settleMs: 50 });
    await expect(idle).rejects.toThrow(/then nothing was seen to happen/);
  });

  it('is done with an instance that is deleted on its way', async () => {
    faults.stick(id);
    const moved = move();
    await until(() => fleet.server(id)?.task === 'migrating');
    fleet.remove(id);
    expect(await moved).toMatchObject({ to: null });
  });

  it('finishes a cold move that has arrived when it is called off', async () => {
    const signal = abortedWhen(() => fleet.server(id)?.task === 'resize_migrating', 'time is over');
    expect(await move('cold', signal)).toMatchObject({ to: 'new' });
    expect(fleet.server(id)).toMatchObject({ host: 'new', status: 'ACTIVE', task: null });
  });

  it('says what it left behind when a cold move cannot be called off', async () => {
    faults.stick(id, 'cold');
    const signal = abortedWhen(() => fleet.server(id)?.task === 'resize_migrating', 'time is over');
    const refused = move('cold', signal, { callOffMs: 200 });
    await expect(refused).rejects.toThrow(CloudRefused);
    await expect(refused).rejects.toThrow(
      /time is over, and it did not come to rest within 200 ms; it was last seen resize_migrating/,
    );
  });

  it('calls off what began while it was being called off', async () => {
    const stop = new AbortController();
    faults.stick(id);
    compute.instead = async () => {
      stop.abort(new Error('time is over'));
      // The order was on its way when the line was cut.
      setTimeout(() => fleet.start(id, 'live'), 0);
      throw new CloudUnavailable('called off');
    };
    await expect(move('live', stop.signal)).rejects.toThrow(/it was called off: time is over/);
    await until(() => fleet.migrations(id).length === 1);
    expect(fleet.server(id)).toMatchObject({ host: 'old', task: null, status: 'ACTIVE' });
    expect(fleet.migrations(id)[0]).toMatchObject({ status: 'cancelled' });
  });

  it('calls off what an earlier one had started', async () => {
    faults.stick(id);
    fleet.start(id, 'live');
    await expect(move('live', AbortSignal.abort(new Error('time is over')))).rejects.toThrow(/time is over/);
    expect(fleet.migrations(id)).toMatchObject([{ status: 'cancelled' }]);
    expect(compute.starts).toBe(0);
  });
});
