import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { v7 } from 'uuid';
import { EngineIdentity } from '#apps/engine/src/engine-identity.js';
import { EngineModule } from '#apps/engine/src/engine.module.js';
import { EngineSettings } from '#apps/engine/src/engine.settings.js';
import { StepPlugins } from '#apps/engine/src/plugins/step-plugins.js';
import { Cloud } from '#libs/clouds/src/cloud.port.js';
import { SimulatedCloud, type SimulatedOptions } from '#libs/clouds/src/simulated/simulated-cloud.js';
import { region } from '#libs/inventory/src/region.decider.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import { window, type WindowCommand } from '#libs/maintenance/src/window.decider.js';
import { SystemClock } from '#libs/platform/src/clock.js';
import { CommandRunner } from '#libs/platform/src/command-runner/command-runner.js';
import { readConfig } from '#libs/platform/src/config/config.js';
import type { RecordedEvent } from '#libs/platform/src/event-store/event-store.js';
import { MemoryEventStore, MemoryLog } from '#libs/platform/src/event-store/memory-event-store.js';
import { PlatformModule } from '#libs/platform/src/platform.module.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { hostMaintenance } from '#libs/workflows/src/host-maintenance.definition.js';
import { run, type Run, type RunCommand } from '#libs/workflows/src/run.decider.js';
import { startRun } from '#libs/workflows/src/start-run.js';
import type { StepPlugin } from '#libs/workflows/src/step-plugin.port.js';
import type { Action, StepDefinition } from '#libs/workflows/src/workflow.events.js';
import { projections } from '#projections/index.js';
import { nobody } from './event-log.js';
import { type Death, MortalCloud, Mortality, MortalStore } from './mortal.js';
import { until } from './until.js';

const quick: Partial<EngineSettings> = {
  settleMs: 2000,
  takeOverMs: 3000,
  reconcileMs: 2000,
  firstRetryMs: 5,
  longestRetryMs: 50,
  walkMs: 20,
  silentMs: 200,
  orphanMs: 100,
  stopMs: 300,
};

export interface LifeOptions {
  readonly name?: string;
  readonly settings?: Partial<EngineSettings>;
  readonly death?: Death;
  /** Instead of those that ship. */
  readonly plugins?: readonly StepPlugin[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** One life of an engine process. */
export interface Life {
  readonly mortality: Mortality;
  readonly cloud: MortalCloud;
  /** As SIGTERM would, or, when it is gone already, clears what a dead process leaves behind in this one. */
  stop(): Promise<void>;
}

/** The time as it is, or later. */
export class ShiftedClock extends SystemClock {
  private minutes = 0;

  override now(): Date {
    return new Date(Date.now() + this.minutes * 60_000);
  }

  shift(minutes: number): void {
    this.minutes += minutes;
  }
}

const inHaste = (action: Action): Action => ({ ...action, backoffSeconds: 0.005 });

/** The same steps with next to no pauses between attempts. */
export const hasty = (steps: readonly StepDefinition[]): readonly StepDefinition[] =>
  steps.map((step) => ({
    ...step,
    ...inHaste(step),
    ...(step.otherwise ? { otherwise: inHaste(step.otherwise) } : {}),
    ...(step.compensation ? { compensation: inHaste(step.compensation) } : {}),
  }));

/** A log, a cloud and a region with its first host; what an operator does, and what can be seen. */
export class World {
  readonly clock = new ShiftedClock();
  readonly log = new MemoryLog();
  readonly store = new MemoryEventStore(this.log);
  readonly runner = new CommandRunner(this.store);
  readonly cloud: SimulatedCloud;
  readonly dir = mkdtempSync(join(tmpdir(), 'engine-'));
  readonly regionId = v7();
  readonly hostId = v7();
  private readonly lives: Life[] = [];

  constructor(options: SimulatedOptions = {}) {
    this.cloud = new SimulatedCloud({
      hosts: ['compute-1', 'compute-2', 'compute-3'],
      migrationMs: 20,
      ...options,
    });
  }

  get host() {
    return { hostId: this.hostId, regionId: this.regionId, name: 'compute-1' };
  }

  async begin(): Promise<this> {
    const device = { kind: 'host', ipAddress: '10.0.0.1', deviceType: 'server', active: true } as const;
    const place = { cloudId: v7(), cellId: null, parentId: null, note: null };
    const command = {
      type: 'RegisterDevice',
      deviceId: this.hostId,
      name: 'compute-1',
      ...device,
      ...place,
    } as const;
    await this.runner.run(region, this.regionId, command, this.metadata());
    return this;
  }

  async end(): Promise<void> {
    await Promise.all(this.lives.map((life) => life.stop()));
    await this.store.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  now(): string {
    return this.clock.now().toISOString();
  }

  metadata() {
    return { ...nobody, correlationId: v7(), causationId: v7(), commandId: v7() };
  }

  /** A window from now on; it opens when an engine is there. */
  async schedule({ inMinutes = 0, minutes = 60 } = {}): Promise<string> {
    const id = v7();
    const startsAt = new Date(this.clock.now().getTime() + inMinutes * 60_000);
    const endsAt = new Date(startsAt.getTime() + minutes * 60_000).toISOString();
    const times = { startsAt: startsAt.toISOString(), endsAt, at: this.now() };
    await this.toWindow(id, { type: 'ScheduleWindow', host: this.host, note: null, ...times });
    return id;
  }

  async toWindow(id: string, command: WindowCommand): Promise<void> {
    await this.runner.run(window, id, command, this.metadata());
  }

  async toRun(id: string, command: RunCommand): Promise<void> {
    await this.runner.run(run, id, command, this.metadata());
  }

  async maintain(windowId: string, input: JsonObject = {}): Promise<string> {
    const id = v7();
    const work = { plugin: 'pause', input: { seconds: 0.01 } };
    const asked = { workflow: hostMaintenance, input: { work, move_attempts: 4, ...input } };
    const command = startRun({ ...asked, host: this.host, windowId, at: this.clock.now() });
    await this.toRun(id, { ...command, steps: hasty(command.steps) });
    return id;
  }

  /** A run of these steps, about nothing. */
  async start(
    steps: readonly StepDefinition[],
    input: JsonObject = {},
    seconds = 600,
    id = v7(),
  ): Promise<string> {
    const at = this.clock.now();
    const deadline = new Date(at.getTime() + seconds * 1000).toISOString();
    const about = { workflowId: v7(), workflow: 'test', host: null, windowId: null };
    await this.toRun(id, { type: 'StartRun', ...about, steps, input, at: at.toISOString(), deadline });
    return id;
  }

  async runState(id: string): Promise<Run> {
    return (await this.runner.read(run, id)).state;
  }

  async windowState(id: string) {
    return (await this.runner.read(window, id)).state;
  }

  async claimedBy(): Promise<string | null> {
    const { state } = await this.runner.read(region, this.regionId);
    return state.devices.get(this.hostId)?.claimedBy ?? null;
  }

  async events(stream: string): Promise<RecordedEvent[]> {
    return Array.fromAsync(this.store.readStream(stream));
  }

  async types(stream: string): Promise<string[]> {
    return (await this.events(stream)).map(({ type }) => type);
  }

  async untilWindow(id: string, ...statuses: string[]): Promise<void> {
    const isThere = async () => statuses.includes((await this.windowState(id)).status);
    await until(isThere, 10_000, () => `the window is not ${statuses.join(' or ')}`);
  }

  async untilOver(runId: string, life?: Life): Promise<void> {
    const isOver = async () =>
      life?.mortality.isGone === true ||
      !['running', 'turning-back'].includes((await this.runState(runId)).status);
    await until(isOver, 20_000, () => `run ${runId} is not over`);
  }

  async live(options: LifeOptions = {}): Promise<Life> {
    const life = await bear(this, options);
    this.lives.push(life);
    return life;
  }
}

const bear = async (world: World, options: LifeOptions): Promise<Life> => {
  const mortality = new Mortality(options.death);
  const eventStore = new MortalStore(world.log, mortality);
  const cloud = new MortalCloud(world.cloud, mortality);
  const path = join(world.dir, `${v7()}.db`);
  const readStore = new ReadStore({ path, store: eventStore, projections, log: () => undefined });
  await readStore.start();
  const config = readConfig({ CRATON_DATA_DIR: world.dir, ...options.environment });
  const building = Test.createTestingModule({
    imports: [PlatformModule.of({ config, eventStore, readStore, clock: world.clock }), EngineModule],
  })
    .overrideProvider(Cloud)
    .useValue(cloud)
    .overrideProvider(EngineSettings)
    // Nobody waits for what a dead process cannot record.
    .useValue(new EngineSettings({ ...quick, ...options.settings, ...(options.death ? { stopMs: 1 } : {}) }))
    .overrideProvider(EngineIdentity)
    .useValue(new EngineIdentity(options.name ?? 'engine-1', v7()));
  if (options.plugins) building.overrideProvider(StepPlugins).useValue(new StepPlugins(options.plugins));
  const module = await building.compile();
  module.useLogger(false);
  await module.init();
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await module.close();
    await readStore.close();
    await eventStore.close();
  };
  return { mortality, cloud, stop: () => (stopped ??= stop()) };
};
