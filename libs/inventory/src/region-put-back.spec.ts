import { given } from '#test/support/given.js';
import { cell, register, registered, retired } from '#test/support/region.js';
import { type PutBackStep, tryPuttingBack } from './region-put-back.policy.js';
import { region } from './region.decider.js';

const rename = (deviceId: string, name: string, from = `name-${deviceId}`): PutBackStep => ({
  command: { type: 'ChangeDevice', deviceId, name },
  expects: { name: from },
});
const back = (...steps: PutBackStep[]) => ({ type: 'PutBack', steps }) as const;
const renamed = (deviceId: string, name: string) =>
  ({ type: 'DeviceRenamed', data: { deviceId, name } }) as const;

describe('a region that is put back', () => {
  const past = [registered('d1'), registered('d2')];

  it('takes each step on what the ones before it bring about', () => {
    given(region, ...past)
      .when(back(rename('d1', 'free'), rename('d2', 'name-d1'), rename('d1', 'name-d2', 'free')))
      .yields(renamed('d1', 'free'), renamed('d2', 'name-d1'), renamed('d1', 'name-d2'));
  });

  it('takes all of the steps or none', () => {
    given(region, ...past)
      .when(back(rename('d1', 'free'), rename('d2', 'free')))
      .refuses('already-exists', /free already exists/);
    given(region, ...past)
      .when(back())
      .yieldsNothing();
  });

  it('is held to what was looked at before', () => {
    for (const steps of [[rename('d1', 'b', 'a')], [rename('d2', 'b'), rename('d1', 'c', 'a')]])
      given(region, ...past)
        .when(back(...steps))
        .refuses('illegal-state', /host name-d1 has been changed meanwhile: name/);
  });

  it('gets back what was removed, and nothing that is there, retired or not', () => {
    const step = { command: register('d1') };
    given(region, cell).when(back(step)).yields(registered('d1'));
    given(region, ...past)
      .when(back(step))
      .refuses('already-exists', /host name-d1 is there already/);
    given(region, ...past, retired)
      .when(back(step))
      .refuses('already-exists');
  });

  it('is not changed by trying', () => {
    const { state } = given(region, ...past);
    const now = state();
    const outcomes = tryPuttingBack([rename('d1', 'x'), rename('d2', 'x'), rename('d2', 'y')], now);
    expect(outcomes).toEqual([
      [renamed('d1', 'x')],
      expect.objectContaining({ code: 'already-exists' }),
      [renamed('d2', 'y')],
    ]);
    expect(now).toEqual(state());
  });
});
