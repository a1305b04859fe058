import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { v7 } from 'uuid';
import { VariablesQueries } from '#projections/variables/variables.queries.js';
import {
  anyDeed,
  type Collection,
  collections,
  type Deed,
  type Known,
  requestFor,
} from '#test/support/deeds.js';
import { type Gateway, startGateway } from '#test/support/gateway.js';
import { hardware, newRegion } from '#test/support/places.js';
import { ok, requestOf, Reverting } from '#test/support/reverting.js';

describe('putting back all that was done under one correlation id', () => {
  let gateway: Gateway;
  const variables = new VariablesQueries();
  const on = new Reverting(() => gateway);
  beforeAll(async () => {
    const environment = { CRATON_SECRET_KEY: `k1:${randomBytes(32).toString('base64')}` };
    gateway = await startGateway({ environment });
  });
  afterAll(() => gateway.close());

  const rowsOf = async (collection: Collection, regionId: string): Promise<{ readonly id: string }[]> => {
    const body = await on.show(`${collection}?region_id=${regionId}&details=true&sort_keys=id&limit=1000`);
    return body[collection.replace('-', '_')];
  };
  const known = async (regionId: string): Promise<Known> => {
    const ids = collections.map(async (one) => [one, (await rowsOf(one, regionId)).map(({ id }) => id)]);
    return Object.fromEntries(await Promise.all(ids));
  };
  const present = async (regionId: string) => {
    const rows = await Promise.all(collections.map((one) => rowsOf(one, regionId)));
    const ids = [regionId, ...rows.flat().map(({ id }) => id)];
    const hidden = variables.hidden(gateway.readStore.now(), ids);
    return [...rows.flat().map((row) => ({ ...row, created_at: '', updated_at: '' })), hidden];
  };
  const now = async () => (await gateway.root.get('/v1/clouds?limit=1')).headers['craton-cursor'] as string;
  const differences = async (regionId: string, from: string) =>
    (await on.show(`diff?from=${from}&region_id=${regionId}&limit=200`)).diff;

  const doing = async (deeds: readonly Deed[], regionId: string, correlationId: string): Promise<void> => {
    const headers = { 'x-openstack-request-id': `req-${correlationId}` };
    for (const one of deeds) {
      const [method, path, body] = requestFor(one, await known(regionId), regionId);
      const { status, text } = await gateway.root.ask(method, `/v1/${path}`, body, headers);
      if (status >= 500) throw new Error(text);
    }
  };
  /** How many steps it takes; none where nothing was done. */
  const reverting = async (correlation_id: string) => {
    const answer = await on.revert({ correlation_id, dry_run: false });
    if (answer.status === 404) return { steps: 0, correlationId: v7() };
    const { body } = await ok(Promise.resolve(answer));
    return { steps: body.steps.length as number, correlationId: requestOf(answer) };
  };

  /** Some of everything, with variables that fit the schemas there are. */
  const place = async (): Promise<string> => {
    const { regionId } = await newRegion(gateway.root);
    const region_id = regionId;
    const cell_id = await on.create('cells', { name: 'cell', region_id, note: 'n' });
    await on.create('cells', { name: 'empty', region_id, variables: { one: 1 } });
    const labels = ['one', 'four'];
    const parent_id = await on.host(regionId, 'parent', { cell_id, labels, variables: { one: 2 } });
    const device_id = await on.host(regionId, 'child', { parent_id, active: false });
    await on.create('containers', { name: 'container', region_id, ...hardware, parent_id: device_id });
    for (const part of [0, 1]) {
      const network = { name: `network ${part}`, cidr: `10.0.${part}.0/24`, gateway: `10.0.${part}.1` };
      const network_id = await on.create('networks', { ...network, region_id, cell_id });
      const port = { name: `port ${part}`, interface_type: 'ethernet', ip_address: `10.0.${part}.7` };
      await on.create('network-interfaces', { ...port, device_id, network_id });
    }
    await on.put(`regions/${regionId}/variable-schemas`, { one: { type: 'number' } });
    await on.put(`regions/${regionId}/variables`, { one: 3, two: 'text' });
    await on.put(`cells/${cell_id}/variable-schemas`, { 'one of its own': { type: 'string' } });
    return regionId;
  };

  it('is as it was before, and putting that back is as it was then, whatever was done', async () => {
    let steps = 0;
    const property = fc.asyncProperty(
      fc.array(anyDeed, { minLength: 1, maxLength: 25, size: 'max' }),
      async (deeds) => {
        const regionId = await place();
        const [before, was] = [await now(), await present(regionId)];
        const correlationId = v7();
        await doing(deeds, regionId, correlationId);
        const [between, became] = [await now(), await present(regionId)];
        const back = await reverting(correlationId);
        steps += back.steps;
        expect(await present(regionId)).toEqual(was);
        expect(await differences(regionId, before)).toEqual([]);
        await reverting(back.correlationId);
        expect(await present(regionId)).toEqual(became);
        expect(await differences(regionId, between)).toEqual([]);
      },
    );
    await fc.assert(property, { numRuns: 15 });
    expect(steps).toBeGreaterThan(10);
  });

  it('does, one change at a time and in any order, what a dry run says', async () => {
    const outcomesSeen = new Set<string>();
    const stories = fc.array(anyDeed, { minLength: 5, maxLength: 12, size: 'max' });
    const property = fc.asyncProperty(
      stories,
      fc.array(fc.nat(1000), { minLength: 8 }),
      async (deeds, order) => {
        const regionId = await place();
        const correlation_id = v7();
        await doing(deeds, regionId, correlation_id);
        const all = (await on.revert({ correlation_id })).body.steps ?? [];
        for (const which of all.length > 0 ? order : []) {
          const { event_id } = all[which % all.length];
          const [step] = (await ok(on.revert({ event_id }))).body.steps;
          outcomesSeen.add(step.outcome);
          const [was, count] = [await present(regionId), await on.count()];
          const { status, text } = await on.revert({ event_id, dry_run: false });
          expect([step, status, text]).toEqual([step, step.outcome === 'refused' ? 409 : 200, text]);
          const isDone = step.outcome === 'possible';
          expect([step, (await on.count()) > count]).toEqual([step, isDone]);
          expect(isDone ? was : await present(regionId)).toEqual(was);
        }
      },
    );
    await fc.assert(property, { numRuns: 6 });
    expect(outcomesSeen).toContain('possible');
  });
});
