import { v7 } from 'uuid';
import { CloudAccess } from '#libs/clouds/src/cloud-access.js';
import { SimulatedCloud } from '#libs/clouds/src/simulated/simulated-cloud.js';
import { CommandRunner } from '#libs/platform/src/command-runner/command-runner.js';
import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import { StepRefused } from '#libs/workflows/src/step-plugin.port.js';
import { stepContext } from '#test/support/steps.js';
import { HostDisable } from './host-disable.plugin.js';
import { HostEnable } from './host-enable.plugin.js';
import { HostInspect } from './host-inspect.plugin.js';
import { HostInstances } from './host-instances.plugin.js';
import { HostVerifyEmpty } from './host-verify-empty.plugin.js';
import { HostVerifyUp } from './host-verify-up.plugin.js';
import { InstanceMove } from './instance-move.plugin.js';

const host = 'compute-1';
const ours = 'craton: firmware (run r1)';

describe('the plugins for hosts', () => {
  let cloud: SimulatedCloud;
  let access: CloudAccess;
  let instanceId: string;
  // No run is known to it.
  const runner = new CommandRunner(new MemoryEventStore());
  beforeEach(() => {
    cloud = new SimulatedCloud({
      hosts: [host, 'compute-2'],
      instances: [{ name: 'a', projectId: 'p', host }],
      migrationMs: 10,
    });
    access = new CloudAccess(cloud, ['*']);
    instanceId = cloud.fleet.servers()[0]!.id;
  });

  const disabled = () => cloud.fleet.host(host).disabledReason;

  it('host.inspect tells the state of a host', async () => {
    cloud.fleet.setEnabled(host, false, 'broken');
    cloud.fleet.setUp(host, false);
    expect(await new HostInspect(access).perform({ host }, stepContext())).toEqual({
      enabled: false,
      disabled_reason: 'broken',
      up: false,
      zone: 'nova',
    });
  });

  describe('host.disable', () => {
    const input = { host, reason: 'firmware' };

    it('disables a host with a reason that names the run, once', async () => {
      const plugin = new HostDisable(access, runner);
      expect(await plugin.reconcile(input, stepContext())).toBeUndefined();
      const output = { disabled_before: false, disabled_reason: ours };
      expect(await plugin.perform(input, stepContext())).toEqual(output);
      expect(await plugin.perform(input, stepContext())).toEqual(output);
      expect(await plugin.reconcile(input, stepContext())).toEqual(output);
      expect(disabled()).toBe(ours);
    });

    it('leaves one alone that is disabled already, and says so', async () => {
      cloud.fleet.setEnabled(host, false, 'broken');
      const output = { disabled_before: true, disabled_reason: 'broken' };
      expect(await new HostDisable(access, runner).perform(input, stepContext())).toEqual(output);
      expect(await new HostDisable(access, runner).reconcile(input, stepContext())).toEqual(output);
      expect(disabled()).toBe('broken');
    });

    it('takes one for disabled before whose reason names a run that nobody knows', async () => {
      const reason = 'craton: x (run 018f2c5e-0000-7000-8000-000000000000)';
      cloud.fleet.setEnabled(host, false, reason);
      const output = { disabled_before: true, disabled_reason: reason };
      expect(await new HostDisable(access, runner).perform(input, stepContext())).toEqual(output);
    });
  });

  describe('host.enable', () => {
    const input = { host, was_enabled: true, was_up: true };
    const plugin = () => new HostEnable(access);

    it('enables a host that this run disabled, once', async () => {
      cloud.fleet.setEnabled(host, false, ours);
      expect(await plugin().reconcile(input, stepContext())).toBeUndefined();
      expect(await plugin().perform(input, stepContext())).toEqual({ enabled: true, note: null });
      expect(await plugin().perform(input, stepContext())).toEqual({ enabled: true, note: null });
      expect(await plugin().reconcile(input, stepContext())).toEqual({ enabled: true, note: null });
      expect(cloud.fleet.host(host).enabled).toBe(true);
    });

    it.each([
      ['was disabled before', { ...input, was_enabled: false }, ours, /as it was before/],
      ['somebody else disabled meanwhile', input, 'broken', /somebody else.*broken/],
      ['another run disabled', input, 'craton: firmware (run r2)', /somebody else/],
    ])('leaves one alone that %s, and says so', async (_, given, reason, words) => {
      cloud.fleet.setEnabled(host, false, reason);
      const output = { enabled: false, note: expect.stringMatching(words) };
      expect(await plugin().perform(given, stepContext())).toEqual(output);
      expect(await plugin().reconcile(given, stepContext())).toEqual(output);
      expect(disabled()).toBe(reason);
    });

    it('waits for the agent, and refuses at the deadline to hand out a host that is dead', async () => {
      cloud.fleet.setEnabled(host, false, ours);
      cloud.fleet.setUp(host, false);
      const context = stepContext();
      const enabling = plugin().perform(input, context);
      context.expire();
      await expect(enabling).rejects.toThrow(StepRefused);
      expect(disabled()).toBe(ours);
      const later = plugin().perform(input, stepContext());
      cloud.fleet.setUp(host, true);
      expect(await later).toEqual({ enabled: true, note: null });
    });

    it('puts a host back as it was that was down before', async () => {
      cloud.fleet.setEnabled(host, false, ours);
      cloud.fleet.setUp(host, false);
      expect(await plugin().perform({ ...input, was_up: false }, stepContext())).toEqual({
        enabled: true,
        note: null,
      });
    });
  });

  describe('for a project that may not have the cloud worked on', () => {
    const closed = () => new CloudAccess(cloud, [v7()]);
    const left = { enabled: false, note: expect.stringMatching(/CRATON_CLOUD_PROJECTS/) };

    it.each([
      ['host.inspect', () => new HostInspect(closed()), { host }],
      ['host.disable', () => new HostDisable(closed(), runner), { host, reason: 'firmware' }],
      ['host.instances', () => new HostInstances(closed()), { host }],
      ['host.verify-empty', () => new HostVerifyEmpty(closed()), { host }],
      ['host.verify-up', () => new HostVerifyUp(closed()), { host }],
      ['instance.move', () => new InstanceMove(closed()), { instance_id: 'x', from: host, mode: 'live' }],
    ])('%s is refused, whether it is performed or reconciled', async (_, plugin, input) => {
      const refusal = { code: 'forbidden' };
      await expect(plugin().perform(input, stepContext())).rejects.toMatchObject(refusal);
      await expect(
        plugin().reconcile?.(input, stepContext()) ?? Promise.reject(refusal),
      ).rejects.toMatchObject(refusal);
      expect(cloud.fleet.host(host).enabled).toBe(true);
    });

    it('host.enable puts back what the run disabled while it was allowed, and nothing else', async () => {
      const input = { host, was_enabled: true, was_up: true, held_by: ['r2'] };
      const plugin = new HostEnable(closed());
      expect(await plugin.perform(input, stepContext())).toEqual(left);
      cloud.fleet.setEnabled(host, false, 'craton: firmware (run r2)');
      expect(await plugin.perform(input, stepContext())).toEqual(left);
      expect(await plugin.reconcile(input, stepContext())).toEqual(left);
      expect(disabled()).toBe('craton: firmware (run r2)');
      cloud.fleet.setEnabled(host, false, ours);
      expect(await plugin.perform(input, stepContext())).toEqual({ enabled: true, note: null });
    });
  });

  it('host.instances lists what runs on a host', async () => {
    const output = [{ id: instanceId, name: 'a', project_id: 'p', status: 'ACTIVE' }];
    expect(await new HostInstances(access).perform({ host }, stepContext())).toEqual(output);
  });

  describe('host.verify-empty', () => {
    it('waits until nothing runs on a host, also while the cloud is away', async () => {
      cloud.faults.away = true;
      const verifying = new HostVerifyEmpty(access).perform({ host }, stepContext());
      cloud.faults.away = false;
      cloud.fleet.remove(instanceId);
      expect(await verifying).toEqual({ empty: true });
    });

    it('names what is left when the time is over', async () => {
      const context = stepContext();
      const verifying = new HostVerifyEmpty(access).perform({ host }, context);
      await cloud.hosts(context.signal);
      context.expire();
      await expect(verifying).rejects.toThrow(`1 instances are still on compute-1: a (${instanceId})`);
    });
  });

  describe('host.verify-up', () => {
    it('waits until the agent is alive', async () => {
      cloud.fleet.setUp(host, false);
      const verifying = new HostVerifyUp(access).perform({ host }, stepContext());
      cloud.fleet.setUp(host, true);
      expect(await verifying).toEqual({ up: true });
    });

    it('gives up for good at the deadline, and is only interrupted when the engine stops', async () => {
      cloud.fleet.setUp(host, false);
      const context = stepContext();
      const verifying = new HostVerifyUp(access).perform({ host }, context);
      context.expire();
      await expect(verifying).rejects.toThrow(StepRefused);
      const stopping = AbortSignal.abort(new Error('the engine stops'));
      const interrupted = new HostVerifyUp(access).perform({ host }, stepContext({ signal: stopping }));
      await expect(interrupted).rejects.not.toThrow(StepRefused);
    });
  });

  describe('instance.move', () => {
    const input = () => ({ instance_id: instanceId, from: host, mode: 'live' });

    it('moves an instance, and knows afterwards that it did', async () => {
      const plugin = new InstanceMove(access);
      expect(await plugin.reconcile(input(), stepContext())).toBeUndefined();
      const output = { instance_id: instanceId, from: host, to: 'compute-2', mode: 'live' };
      expect(await plugin.perform(input(), stepContext())).toEqual(output);
      expect(await plugin.reconcile(input(), stepContext())).toEqual(output);
    });

    it('does not take an instance for moved that is still on its way', async () => {
      cloud.fleet.start(instanceId, 'cold');
      expect(await new InstanceMove(access).reconcile(input(), stepContext())).toBeUndefined();
    });

    it('is done with an instance that is gone', async () => {
      cloud.fleet.remove(instanceId);
      const output = { instance_id: instanceId, from: host, to: null, mode: 'live' };
      expect(await new InstanceMove(access).reconcile(input(), stepContext())).toEqual(output);
      expect(await new InstanceMove(access).perform(input(), stepContext())).toEqual(output);
    });
  });
});
