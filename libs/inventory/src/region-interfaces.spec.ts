import { given } from '#test/support/given.js';
import { interfaceRegistered, networkRegistered, registered } from '#test/support/region.js';
import { region } from './region.decider.js';
import type { RegionEvent } from './region.events.js';

const d1 = registered('d1');
const n1 = networkRegistered('n1');
const n2 = networkRegistered('n2', { cidr: '10.2.0.0/24', gateway: '10.2.0.1' });
const i1 = interfaceRegistered('i1', { networkId: 'n1' });
const change = { type: 'ChangeInterface', interfaceId: 'i1' } as const;

const readdressed = (ipAddress: string, networkId: string | null): RegionEvent => ({
  type: 'InterfaceReaddressed',
  data: { interfaceId: 'i1', ipAddress, networkId },
});

describe('the address of an interface', () => {
  const fleet = [d1, n1, n2, i1];

  it('changes within its network, and with it', () => {
    given(region, ...fleet)
      .when({ ...change, ipAddress: '10.0.0.6' })
      .yields(readdressed('10.0.0.6', 'n1'));
    given(region, ...fleet)
      .when({ ...change, ipAddress: '10.2.0.6', networkId: 'n2' })
      .yields(readdressed('10.2.0.6', 'n2'));
    given(region, ...fleet)
      .when({ ...change, networkId: null })
      .yields(readdressed('10.0.0.5', null));
    given(region, ...fleet)
      .when({ ...change, ipAddress: '::1', networkId: null })
      .yields(readdressed('::1', null));
    given(region, ...fleet)
      .when({ ...change, ipAddress: '10.0.0.5', networkId: 'n1' })
      .yieldsNothing();
  });

  it('has to be in the network that it comes to', () => {
    given(region, ...fleet)
      .when({ ...change, ipAddress: '10.2.0.6' })
      .refuses('illegal-state', /^ip_address must be in 10\.0\.0\.0/);
    given(region, ...fleet)
      .when({ ...change, networkId: 'n2' })
      .refuses('illegal-state', /^ip_address must be in 10\.2\.0\.0/);
    given(region, ...fleet)
      .when({ ...change, networkId: 'n3' })
      .refuses('not-found', /n3/);
  });

  it('may have been outside its network before, and may come in', () => {
    const outside = given(
      region,
      d1,
      n1,
      interfaceRegistered('i1', { networkId: 'n1', ipAddress: '11.0.0.1' }),
    );
    outside.when({ ...change, ipAddress: '11.0.0.1', networkId: 'n1' }).yieldsNothing();
    outside.when({ ...change, ipAddress: '10.0.0.7' }).yields(readdressed('10.0.0.7', 'n1'));
  });

  it('keeps its new network, and lets go of the old one', () => {
    const moved = given(region, d1, n1, n2, i1, readdressed('10.2.0.6', 'n2'));
    expect(moved.when({ type: 'RemoveNetwork', networkId: 'n1' }).events()).toHaveLength(1);
    moved.when({ type: 'RemoveNetwork', networkId: 'n2' }).refuses('illegal-state', /name-i1/);
    moved
      .when({ type: 'ChangeNetwork', networkId: 'n2', cidr: '10.2.0.0/30' })
      .refuses('illegal-state', /10\.2\.0\.6/);
    const removed: RegionEvent = { type: 'InterfaceRemoved', data: { interfaceId: 'i1' } };
    const gone = given(region, d1, n1, n2, i1, readdressed('10.2.0.6', 'n2'), removed);
    expect(gone.when({ type: 'RemoveNetwork', networkId: 'n2' }).events()).toHaveLength(1);
  });

  it('comes with the number of a VLAN, which is a setting', () => {
    const settings: RegionEvent = {
      type: 'InterfaceSettingsChanged',
      data: { interfaceId: 'i1', vlanId: 7, port: 1 },
    };
    given(region, ...fleet)
      .when({ ...change, vlanId: 7, port: 1 })
      .yields(settings);
    given(region, d1, n1, i1, settings)
      .when({ ...change, vlanId: 7 })
      .yieldsNothing();
    given(region, ...fleet)
      .when({ ...change, vlanId: null })
      .yieldsNothing();
  });
});
