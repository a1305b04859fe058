import { Injectable } from '@nestjs/common';
import { v5 } from 'uuid';
import { DomainError } from '#libs/kernel/src/errors.js';
import { Clock } from '#libs/platform/src/clock.js';
import {
  type CommandMetadata,
  CommandRunner,
  type Receipt,
} from '#libs/platform/src/command-runner/command-runner.js';
import { newId } from '#libs/platform/src/identifiers.js';
import { region, type RegionCommand } from './region.decider.js';
import { childrenOf, type Device, type Region } from './region-state.policy.js';
import { synchronisation, type SynchronisationCommand } from './synchronisation.decider.js';
import type { SynchronisationOrder } from './synchronisation.events.js';
import type { DiscoveredHost } from './synchronisation.policy.js';
import { type Plan, planOf, type SyncedHost } from './synchronisation-plan.policy.js';
import { inChunks } from './synchronisation-chunks.policy.js';

/** One synchronisation: what for, and what the cloud says. */
export interface SynchronisationTask {
  readonly syncId: string;
  readonly cause: 'schedule' | 'request';
  readonly engine: string | null;
  readonly order: SynchronisationOrder;
  /** Asked once it is known that there is something to be done, and before anything is. */
  readonly find: () => Promise<readonly DiscoveredHost[]>;
}

const managedBy = 'nova';
/** So long a synchronisation may take; then others may begin. */
export const longestSynchronisationMs = 300_000;
const atOnce = 500;

/** Of the host that this synchronisation registers: a repetition knows what it has registered. */
export const deviceIdOf = (syncId: string, name: string): string => v5(`device ${name}`, syncId);

const syncedHost = (state: Region, id: string, device: Device): SyncedHost => {
  const { name, ipAddress, active, retired, claimedBy, labels } = device;
  const managed = device.managedBy === managedBy;
  const bears = childrenOf(state, id).length > 0;
  return { id, name, ipAddress, active, retired, claimed: claimedBy !== null, labels, managed, bears };
};

const hostsOf = (state: Region): readonly SyncedHost[] =>
  [...state.devices]
    .filter(([, { kind }]) => kind === 'host')
    .map(([id, device]) => syncedHost(state, id, device));

const wordsOf = (error: unknown): string =>
  error instanceof DomainError ? error.message : 'it failed for a reason that the log of the process tells';

/** What is under way in one region, and with what every command of it goes out. */
interface Work {
  readonly regionId: string;
  readonly task: SynchronisationTask;
  readonly found: readonly DiscoveredHost[];
  readonly metadata: CommandMetadata;
  readonly deadline: string;
}

/**
 * Synchronises one region with what the cloud said. What it is about to do is written before it is done and what came of it
 * after, so that a repetition, by whomever, finishes what was begun. Rejects with `illegal-state` while another one is at it.
 */
@Injectable()
export class Synchroniser {
  constructor(
    private readonly runner: CommandRunner,
    private readonly clock: Clock,
  ) {}

  /** The receipt is that of the end, which carries the mark of the request. */
  async perform(
    regionId: string,
    task: SynchronisationTask,
    { request, ...metadata }: CommandMetadata,
  ): Promise<Receipt> {
    const found = await task.find();
    await this.start(regionId, task, metadata);
    try {
      const work = { regionId, task, found, metadata, deadline: await this.deadline(regionId, task.syncId) };
      const plan = await this.plan(work);
      await this.carryOut(work, plan);
      return await this.complete(work, plan, request);
    } catch (error) {
      // Where even that cannot be written, it is lost by its deadline.
      await this.fail(regionId, task.syncId, wordsOf(error), metadata).catch(() => undefined);
      throw error;
    }
  }

  /** Says that it begins, unless that was said already; once it has, nobody else does. */
  private async start(
    regionId: string,
    { syncId, cause, engine }: SynchronisationTask,
    metadata: CommandMetadata,
  ): Promise<void> {
    const at = this.now();
    const deadline = new Date(Date.parse(at) + longestSynchronisationMs).toISOString();
    await this.send(
      regionId,
      { type: 'StartSynchronisation', syncId, cause, engine, at, deadline },
      metadata,
    );
  }

  private async deadline(regionId: string, syncId: string): Promise<string> {
    const { running } = (await this.runner.read(synchronisation, regionId)).state;
    if (running?.syncId === syncId) return running.deadline;
    throw new DomainError('illegal-state', `synchronisation ${syncId} is over`);
  }

  private async fail(
    regionId: string,
    syncId: string,
    reason: string,
    metadata: CommandMetadata,
  ): Promise<void> {
    await this.send(regionId, { type: 'FailSynchronisation', syncId, at: this.now(), reason }, metadata);
  }

  private now(): string {
    return this.clock.now().toISOString();
  }

  private send(
    regionId: string,
    command: SynchronisationCommand,
    metadata: CommandMetadata,
  ): Promise<Receipt> {
    return this.runner.run(synchronisation, regionId, command, { ...metadata, commandId: newId() });
  }

  private async plan({ regionId, task: { syncId, order }, found }: Work): Promise<Plan> {
    const { state: known } = await this.runner.read(synchronisation, regionId);
    const said = new Map(
      [...known.services].map(
        ([name, service]) => [name, { deviceId: service.state.deviceId, labels: service.said }] as const,
      ),
    );
    const { state } = await this.runner.read(region, regionId);
    return planOf({
      order,
      found,
      hosts: hostsOf(state),
      names: state.names,
      said,
      idFor: (name) => deviceIdOf(syncId, name),
      serviceIdFor: (name) => known.services.get(name)?.state.serviceId ?? v5(`service ${name}`, regionId),
    });
  }

  private async carryOut(work: Work, plan: Plan): Promise<void> {
    const { regionId, metadata, task } = work;
    const { syncId } = task;
    for (const services of inChunks(plan.services))
      await this.send(regionId, { type: 'RecordServices', syncId, at: this.now(), services }, metadata);
    await this.toRegion(
      work,
      plan.registrations.map((host) => ({ type: 'RegisterDevice', ...host, managedBy })),
    );
    await this.toRegion(work, plan.labellings);
    await this.toRegion(
      work,
      plan.retirements.map(({ id: deviceId }) => ({ type: 'RetireDevice', deviceId })),
    );
    for (const names of inChunks(plan.gone))
      await this.send(regionId, { type: 'ForgetServices', syncId, at: this.now(), names }, metadata);
  }

  /** As one write for as many as come together. */
  private async toRegion(work: Work, commands: readonly RegionCommand[]): Promise<void> {
    for (let from = 0; from < commands.length; from += atOnce) {
      if (this.now() >= work.deadline)
        throw new DomainError('unavailable', 'the synchronisation took too long');
      const sent = commands
        .slice(from, from + atOnce)
        .map((command) =>
          this.runner.run(region, work.regionId, command, { ...work.metadata, commandId: newId() }),
        );
      await Promise.allSettled(sent);
      await Promise.all(sent);
    }
  }

  private complete(
    { regionId, task: { syncId, order }, found, metadata }: Work,
    { drift, registrations, labellings, retirements }: Plan,
    request: CommandMetadata['request'],
  ): Promise<Receipt> {
    const counts = {
      hosts: found.length,
      registered: registrations.length,
      labelled: order.labels ? new Set(labellings.map(({ deviceId }) => deviceId)).size : null,
      retired: retirements.length,
    };
    const command = { type: 'CompleteSynchronisation', syncId, at: this.now(), drift, ...counts } as const;
    return this.send(regionId, command, { ...metadata, ...(request && { request }) });
  }
}
