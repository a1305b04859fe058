import type { Recorded } from '#libs/kernel/src/event.js';
import { facts, recorded } from '#test/support/facts.js';
import { announcedTypes, isAnnounced, notify } from './notification.policy.js';

const only = (event: Recorded) => {
  const notifications = notify(event);
  expect(notifications).toHaveLength(1);
  return notifications[0]!;
};

describe('what is said about a fact', () => {
  it.each(announcedTypes)('is one notification that a reader can tell apart: %s', (type) => {
    const { eventType, payload } = only(recorded(type, 7));
    expect(eventType).toMatch(/^(inventory|access|variables|maintenance|workflow)(\.[a-z_]+){1,2}$/);
    expect(payload).toMatchObject({
      project_id: expect.stringMatching(/^[\da-f-]{36}$/),
      revision: 7,
      cursor: 'c7',
      occurred_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      actor: 'kim',
    });
  });

  it.each(announcedTypes)('is flat, in snake case, and fits into a trait: %s', (type) => {
    for (const [member, value] of Object.entries(only(recorded(type)).payload)) {
      expect(member).toMatch(/^[a-z]+(_[a-z]+)*$/);
      for (const scalar of [value].flat()) {
        expect(scalar === null || typeof scalar !== 'object').toBe(true);
        expect(JSON.stringify(scalar).length).toBeLessThanOrEqual(255);
      }
    }
  });

  it.each(announcedTypes)('holds no secret: %s', (type) => {
    expect(JSON.stringify(only(recorded(type)))).not.toContain('never-to-be-told');
  });

  it('has an event type of its own for each type of event, but for the two ends of a maintenance', () => {
    const eventTypes = announcedTypes.map((type) => only(recorded(type)).eventType);
    expect(new Set(eventTypes).size).toBe(announcedTypes.length - 1);
    expect(eventTypes.filter((eventType) => eventType === 'maintenance.host')).toHaveLength(2);
  });

  it('is about every type there is a sample of', () => {
    expect([...announcedTypes].sort()).toEqual(Object.keys(facts).sort());
  });

  it('is nothing when the type is not known, whatever its name', () => {
    for (const type of ['SomethingElse', 'constructor', '__proto__', '']) {
      expect(isAnnounced(type)).toBe(false);
      expect(notify({ ...recorded('CloudRemoved'), type })).toEqual([]);
    }
  });
});

describe('the payload', () => {
  it('of a device names the device and its region', () => {
    expect(only(recorded('DeviceRegistered'))).toMatchObject({
      eventType: 'inventory.device.registered',
      payload: {
        region_id: facts.DeviceRegistered[0].slice('region-'.length),
        device_id: facts.DeviceRegistered[1].deviceId,
        name: 'compute-1',
        ip_address: '10.0.0.1',
        cell_id: null,
        active: true,
        reason: 'planned',
      },
    });
  });

  it('of settings of an interface has only those that changed', () => {
    const { payload } = only(recorded('InterfaceSettingsChanged'));
    expect(payload).toMatchObject({ speed: 10_000, link: null });
    expect(payload).not.toHaveProperty('duplex');
  });

  it('of variables has the names of the keys', () => {
    expect(only(recorded('VariablesSet'))).toMatchObject({
      eventType: 'variables.set',
      payload: { owner_kind: 'host', owner_id: facts.DeviceRetired[1].deviceId, keys: ['password', 'ntp'] },
    });
  });

  it('of a run says which host it is about, and of none when it is about none', () => {
    const started = recorded('RunStarted');
    expect(only(started).payload).toMatchObject({ host: 'compute-1', workflow: 'reboot' });
    const other = { ...started, data: { ...started.data, host: null } };
    expect(only(other).payload).toMatchObject({ host: null, host_id: null });
  });

  it('prefers the reason and the time of the fact to those around it', () => {
    expect(only(recorded('RunFailed')).payload).toMatchObject({
      reason: 'no valid host',
      occurred_at: '2026-11-22T14:42:39.433Z',
    });
    expect(only(recorded('RunSucceeded')).payload).toMatchObject({ reason: 'planned' });
    expect(only(recorded('CloudRemoved')).payload).toMatchObject({ occurred_at: '2026-11-22T14:42:40.005Z' });
  });
});

describe("a host's maintenance, in Fenix's words", () => {
  const ended = (outcome: string, detail: string | null) => {
    const event = recorded('HostMaintenanceEnded');
    return only({ ...event, data: { ...event.data, outcome, detail } }).payload;
  };

  it('begins', () => {
    const windowId = facts.HostMaintenanceBegan[0].slice('window-'.length);
    expect(only(recorded('HostMaintenanceBegan'))).toMatchObject({
      eventType: 'maintenance.host',
      payload: {
        service: 'craton',
        host: 'compute-1',
        state: 'IN_MAINTENANCE',
        session_id: windowId,
        window_id: windowId,
        reason: 'planned',
      },
    });
  });

  it('is complete when the host is back in production, and says how it came to that', () => {
    expect(ended('done', null)).toMatchObject({
      state: 'MAINTENANCE_COMPLETE',
      outcome: 'done',
      reason: 'planned',
    });
    expect(ended('restored', 'no valid host')).toMatchObject({
      state: 'MAINTENANCE_COMPLETE',
      outcome: 'restored',
      reason: 'no valid host',
    });
  });

  it('is held when the host is not back', () => {
    expect(ended('held', 'cannot be enabled')).toMatchObject({
      state: 'MAINTENANCE_HELD',
      outcome: 'held',
      reason: 'cannot be enabled',
    });
  });
});
