import { setTimeout as sleep } from 'node:timers/promises';
import type { Rest } from './rest.js';
import { findOrStart } from './system.js';

interface Named {
  readonly id: string;
  readonly name: string;
}

interface Run {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly steps: readonly { readonly step: string; readonly status: string }[];
}

interface Fact {
  readonly recorded_at: string;
  readonly type: string;
  readonly actor: string;
  readonly data: { readonly step?: string; readonly item?: number | null };
}

interface Work {
  readonly host: Named;
  readonly windowId: string;
  readonly runId: string;
}

const atOnce = 4;
const say = (line: string) => process.stdout.write(`${line}\n`);

const layOut = async (rest: Rest): Promise<readonly Named[]> => {
  const tag = Date.now().toString(36);
  const cloud = await rest.send<Named>('POST', '/v1/clouds', { name: `demo-${tag}` });
  const region = await rest.send<Named>('POST', '/v1/regions', { name: 'north', cloud_id: cloud.id });
  say(`cloud ${cloud.name} with region ${region.name}`);
  const report = await rest.send<{ registered: readonly Named[] }>(
    'POST',
    `/v1/regions/${region.id}/synchronise`,
    {},
  );
  say(`${report.registered.length} hosts found in the simulated cloud and registered`);
  const [first] = report.registered;
  await rest.send('PUT', `/v1/clouds/${cloud.id}/variables`, { ntp: ['ntp1', 'ntp2'], kernel: '6.1' });
  await rest.send('PUT', `/v1/regions/${region.id}/variables`, { ntp: ['ntp.north'] });
  if (first) {
    await rest.send('PUT', `/v1/hosts/${first.id}/variables`, { kernel: '6.12' });
    const { variables } = await rest.get<{ variables: object }>(`/v1/hosts/${first.id}/variables`);
    say(`${first.name} resolves its variables to ${JSON.stringify(variables)}`);
  }
  return report.registered;
};

const begin = async (rest: Rest, host: Named): Promise<Work> => {
  const window = await rest.send<Named>('POST', '/v1/maintenance-windows', {
    host_id: host.id,
    ends_at: new Date(Date.now() + 3_600_000).toISOString(),
    note: 'new firmware',
  });
  const run = await rest.send<Run>('POST', '/v1/runs', {
    workflow: 'host-maintenance',
    window_id: window.id,
    input: { work: { plugin: 'pause', input: { seconds: 0.2 } } },
  });
  return { host, windowId: window.id, runId: run.id };
};

const over = (run: Run) => !['running', 'turning_back'].includes(run.status);

const watch = async (rest: Rest, { host, runId }: Work): Promise<Run> => {
  for (let told = ''; ; await sleep(100)) {
    const run = await rest.get<Run>(`/v1/runs/${runId}`);
    const step = run.steps.findLast(({ status }) => status === 'started')?.step ?? '';
    if (step !== told && step !== '') say(`  ${host.name}  ${step}`);
    told = step;
    if (over(run)) {
      say(`  ${host.name}  ${run.status}${run.reason ? `: ${run.reason}` : ''}`);
      return run;
    }
  }
};

/** Host by host, a few at a time: the next begins when one is back in production. */
const maintain = async (rest: Rest, hosts: readonly Named[]): Promise<readonly Run[]> => {
  const queue = [...hosts];
  const runs: Run[] = [];
  const lane = async () => {
    for (let host = queue.shift(); host; host = queue.shift()) {
      const work = await begin(rest, host);
      const run = await watch(rest, work);
      runs.push(run);
      // The window of a held host stays open: somebody has to look.
      if (run.status !== 'held') await rest.send('POST', `/v1/maintenance-windows/${work.windowId}/close`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return runs;
};

const words = ({ step, item, ...data }: Fact['data']): string => {
  if (step === undefined) {
    const told = Object.entries(data).filter(([, value]) => value !== null && typeof value !== 'object');
    return told.map(([name, value]) => `${name} ${String(value)}`).join(', ');
  }
  return typeof item === 'number' ? `${step} of instance ${item + 1}` : step;
};

const tell = async (rest: Rest, host: Named): Promise<void> => {
  say(`\nthe story of ${host.name}, from the log:`);
  const { history } = await rest.get<{ history: readonly Fact[] }>(`/v1/hosts/${host.id}/history`);
  for (const { recorded_at, type, actor, data } of history) {
    say(`  ${recorded_at}  ${actor}  ${type.padEnd(20)}  ${words(data)}`);
  }
};

const play = async (): Promise<void> => {
  const system = await findOrStart();
  try {
    say(`craton at ${system.rest.url}`);
    const hosts = await layOut(system.rest);
    say(`maintaining all ${hosts.length} hosts, ${atOnce} at a time`);
    const began = Date.now();
    const runs = await maintain(system.rest, hosts);
    const good = runs.filter(({ status }) => status === 'succeeded').length;
    say(
      `${good} of ${hosts.length} hosts maintained and back in production in ${Math.round((Date.now() - began) / 1000)} s`,
    );
    if (hosts[0]) await tell(system.rest, hosts[0]);
    if (good !== hosts.length) process.exitCode = 1;
  } finally {
    await system.stop();
  }
};

await play();
