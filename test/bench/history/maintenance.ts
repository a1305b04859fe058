import type { RegionEvent } from '#libs/inventory/src/region.events.js';
import type { WindowEvent } from '#libs/maintenance/src/window.events.js';
import { hostMaintenance } from '#libs/workflows/src/host-maintenance.definition.js';
import type { RunEvent } from '#libs/workflows/src/run.events.js';
import type { Fleet, Host } from './fleet.js';
import type { Fact, Pen } from './pen.js';

const input = {
  work: { plugin: 'pause', input: { seconds: 1 } },
  work_deadline_seconds: 3600,
  work_attempts: 3,
  parallel: 2,
  move_deadline_seconds: 1800,
  move_attempts: 2,
  restore_deadline_seconds: 600,
  reason: 'maintenance',
  ttl_seconds: 86_400,
};
const steps = hostMaintenance.steps(input);
const hourMs = 3_600_000;

/** A run of the workflow that comes with Craton, from its start to its success. */
function* run(pen: Pen, host: Host, runId: string, windowId: string): Generator<Fact> {
  const write = (type: RunEvent['type'], data: RunEvent['data']) =>
    pen.fact<RunEvent>(`run-${runId}`, type, data, 'engine');
  const { id: workflowId, name: workflow } = hostMaintenance;
  const about = { hostId: host.id, regionId: host.regionId, name: host.name };
  yield write('RunStarted', {
    workflowId,
    workflow,
    steps,
    input,
    host: about,
    windowId,
    at: pen.time(),
    deadline: pen.time(24 * hourMs),
  });
  for (const { name } of steps) {
    const work = { step: name, item: null, phase: 'step', attempt: 1 } as const;
    yield write('StepStarted', {
      ...work,
      plugin: 'host.inspect',
      input: { host: host.name },
      engine: 'engine-1',
      at: pen.time(),
      deadline: pen.time(hourMs),
    });
    yield write('StepSucceeded', { ...work, at: pen.time(), output: { note: null, host: host.name } });
  }
  yield write('RunSucceeded', { at: pen.time() });
}

/** A window on some host, with the host's claim and the run in it, from the plan to the end. */
export function* maintained(pen: Pen, fleet: Fleet): Generator<Fact> {
  const host = pen.one(fleet.hosts);
  const [windowId, runId] = [pen.id(), pen.id()];
  const about = { hostId: host.id, regionId: host.regionId, name: host.name };
  const write = (type: WindowEvent['type'], data: WindowEvent['data']) =>
    pen.fact<WindowEvent>(`window-${windowId}`, type, data, 'engine');
  const claim = { deviceId: host.id, windowId };
  const region = (type: RegionEvent['type']) =>
    pen.fact<RegionEvent>(`region-${host.regionId}`, type, claim, 'engine');
  yield write('WindowScheduled', {
    host: about,
    startsAt: pen.time(),
    endsAt: pen.time(8 * hourMs),
    note: null,
  });
  yield region('DeviceClaimed');
  yield write('WindowOpened', { host: about, at: pen.time() });
  yield write('HostMaintenanceBegan', { host: about, runId });
  yield* run(pen, host, runId, windowId);
  yield write('HostMaintenanceEnded', { host: about, runId, outcome: 'done', detail: null });
  yield write('WindowClosed', { host: about, at: pen.time(), cause: 'operator', detail: null });
  yield region('DeviceReleased');
}
