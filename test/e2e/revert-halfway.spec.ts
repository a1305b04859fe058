import { v7 } from 'uuid';
import { StoreUnavailable } from '#libs/platform/src/event-store/event-store.errors.js';
import type { Expected, NewEvent } from '#libs/platform/src/event-store/event-store.js';
import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import { type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, made, newRegion } from '#test/support/places.js';
import { ok, outcomes, Reverting } from '#test/support/reverting.js';

/** A log that takes nothing for one stream while it is told so. */
class Stubborn extends MemoryEventStore {
  refused = '';

  override async append(stream: string, expected: Expected, events: readonly [NewEvent, ...NewEvent[]]) {
    if (stream === this.refused) throw new StoreUnavailable('the disk is full');
    return super.append(stream, expected, events);
  }
}

describe('putting back what was done in two regions', () => {
  const eventStore = new Stubborn();
  let gateway: Gateway;
  const on = new Reverting(() => gateway);
  beforeAll(async () => {
    gateway = await startGateway({ eventStore });
  });
  afterAll(async () => {
    await gateway.close();
    await eventStore.close();
  });

  /** A host in each of two regions, renamed under one correlation id. */
  const renamed = async () => {
    const correlationId = v7();
    const hosts: { readonly id: string; readonly regionId: string }[] = [];
    for (const name of ['one', 'two']) {
      const { regionId } = await newRegion(gateway.root);
      const id = await on.host(regionId, name);
      const headers = { 'x-openstack-request-id': `req-${correlationId}` };
      await ok(gateway.root.put(`/v1/hosts/${id}`, { name: `${name}, renamed` }, headers));
      hosts.push({ id, regionId });
    }
    return { correlationId, hosts };
  };
  const names = (hosts: readonly { readonly id: string }[]) =>
    Promise.all(hosts.map(async ({ id }) => (await on.show(`hosts/${id}`)).name));

  it('is done in both of them, or where one is in the way in none', async () => {
    const { correlationId, hosts } = await renamed();
    await on.put(`hosts/${hosts[0]!.id}`, { name: 'again' });
    const body = { correlation_id: correlationId, dry_run: false };
    expect((await on.revert(body)).status).toBe(409);
    expect(await names(hosts)).toEqual(['again', 'two, renamed']);
    await on.put(`hosts/${hosts[0]!.id}`, { name: 'one, renamed' });
    await ok(on.revert(body));
    expect(await names(hosts)).toEqual(['one', 'two']);
  });

  it.each<[Record<string, string>, string]>([
    [{}, 'nothing-to-do'],
    [{ 'idempotency-key': 'once' }, 'done'],
  ])('goes on where it was cut off: %j', async (headers, before_it) => {
    const { correlationId, hosts } = await renamed();
    const body = { correlation_id: correlationId, dry_run: false };
    const ask = () => gateway.root.post('/v1/revert', body, headers);
    eventStore.refused = `region-${hosts[0]!.regionId}`;
    expect((await ask()).status).toBe(503);
    expect(await names(hosts)).toEqual(['one, renamed', 'two']);
    eventStore.refused = '';
    expect(outcomes(await ok(ask()))).toEqual([`DeviceRenamed: ${before_it}`, 'DeviceRenamed: done']);
    expect(await names(hosts)).toEqual(['one', 'two']);
    const before = await on.count();
    await ok(ask());
    expect(await on.count()).toBe(before);
  });

  it('goes on where hosts were made, changed and given variables', async () => {
    const correlationId = v7();
    const headers = { 'x-openstack-request-id': `req-${correlationId}` };
    const hosts: { readonly id: string; readonly regionId: string }[] = [];
    for (const name of ['three', 'four']) {
      const { regionId } = await newRegion(gateway.root);
      const body = { name, region_id: regionId, ...hardware, variables: { a: 1 } };
      const { id } = (await made(gateway.root.post('/v1/hosts', body, headers))).body;
      await ok(gateway.root.put(`/v1/hosts/${id}/labels`, { labels: ['b'] }, headers));
      await ok(gateway.root.put(`/v1/hosts/${id}`, { note: 'c' }, headers));
      hosts.push({ id, regionId });
    }
    const revert = () => on.revert({ correlation_id: correlationId, dry_run: false });
    eventStore.refused = `region-${hosts[0]!.regionId}`;
    expect((await revert()).status).toBe(503);
    eventStore.refused = '';
    const changes = ['DeviceNoteChanged', 'LabelsAdded', 'VariablesSet', 'DeviceRegistered'];
    const told = (outcome: string) => changes.map((type) => `${type}: ${outcome}`);
    expect(outcomes(await ok(revert()))).toEqual([...told('nothing-to-do'), ...told('done')]);
    for (const { id } of hosts) expect((await gateway.root.get(`/v1/hosts/${id}`)).status).toBe(404);
    expect(outcomes(await ok(revert()))).toEqual([...told('nothing-to-do'), ...told('nothing-to-do')]);
  });
});
