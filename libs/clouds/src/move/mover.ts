import { setTimeout as pause } from 'node:timers/promises';
import { CloudRefused, CloudUnavailable, type Move } from '../cloud.port.js';
import type { Compute, Migration, Server } from './compute.js';
import { see, type Sight } from './sight.js';

/** How patiently it is looked, in milliseconds. */
export interface Pace {
  readonly firstPollMs: number;
  /** Pauses grow to this. */
  readonly lastPollMs: number;
  /** How long an instance may rest where it was, with nothing to explain it, before the move counts as failed. */
  readonly settleMs: number;
  /** How long it may take to come to rest after it was called off. */
  readonly callOffMs: number;
}

export const unhurried: Pace = { firstPollMs: 1000, lastPollMs: 5000, settleMs: 30_000, callOffMs: 30_000 };

/** So many looks in a row may fail before the move is given up; what was started goes on, and the next call finds it. */
const BLIND_LOOKS = 5;

type Order = Omit<Move, 'to'>;

/** What is known of the one migration that this move waits for. */
interface Begun {
  /** Migrations that were there before it. */
  readonly before: ReadonlySet<string>;
  readonly request?: string | undefined;
  /** The start was answered with no, or not at all: what is seen next decides whether it happened. */
  readonly doubt?: CloudRefused | CloudUnavailable;
}

const named = (server: Server): string => (server.name === '' ? server.id : `${server.name} (${server.id})`);

const said = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

/**
 * One instance on its way off one host: looks, starts at most one migration, confirms what is to be confirmed, and looks on
 * until it is at rest. All that it knows can be seen again after a crash, so that a second one goes on where the first ended.
 */
export class Mover {
  private begun: Begun | undefined;
  private last: Server | undefined;
  private restingSince: number | undefined;
  private stopped: string | undefined;

  constructor(
    private readonly compute: Compute,
    private readonly order: Order,
    private readonly pace: Pace = unhurried,
  ) {}

  async move(signal: AbortSignal): Promise<Move> {
    try {
      return await this.repeat((seen, migrations) => this.advance(seen, migrations, signal), signal);
    } catch (error) {
      if (!signal.aborted || error instanceof CloudRefused) throw error;
      return this.callOff(said(signal.reason));
    }
  }

  /** Looks and takes a step until there is an outcome. */
  private async repeat(
    step: (seen: Sight, migrations: readonly Migration[]) => Promise<Move | undefined>,
    signal: AbortSignal,
  ): Promise<Move> {
    let wait = this.pace.firstPollMs;
    for (let blind = 0; ;) {
      try {
        const outcome = await this.look(step, signal);
        if (outcome !== undefined) return outcome;
        blind = 0;
      } catch (error) {
        blind += 1;
        const bearable = error instanceof CloudUnavailable && this.begun !== undefined && blind < BLIND_LOOKS;
        if (!bearable) throw error;
      }
      await pause(wait, undefined, { signal });
      wait = Math.min(wait * 1.5, this.pace.lastPollMs);
    }
  }

  private async look(
    step: (seen: Sight, migrations: readonly Migration[]) => Promise<Move | undefined>,
    signal: AbortSignal,
  ): Promise<Move | undefined> {
    const server = await this.compute.server(this.order.instanceId, signal);
    const migrations = server === undefined ? [] : await this.compute.migrations(server.id, signal);
    this.last = server;
    const seen = see(server, migrations, this.order.from);
    if (seen.is === 'busy' || seen.is === 'unconfirmed') this.restingSince = undefined;
    else this.restingSince ??= Date.now();
    return this.ended(seen) ?? (await step(seen, migrations));
  }

  /** The outcomes that need nothing more to be done. */
  private ended(seen: Sight): Move | undefined {
    if (seen.is === 'gone') return { ...this.order, to: null };
    if (seen.is === 'elsewhere' && (seen.settled || this.restedFor(this.pace.settleMs)))
      return { ...this.order, to: seen.server.host };
    if (seen.is === 'broken') throw this.refusal(seen.server.fault ?? 'it is in ERROR');
    return undefined;
  }

  private async advance(
    seen: Sight,
    migrations: readonly Migration[],
    signal: AbortSignal,
  ): Promise<Move | undefined> {
    if (seen.is === 'unconfirmed') await this.confirm(seen.server, signal);
    if (seen.is === 'busy') this.join(seen.migration, migrations);
    if (seen.is === 'here' && this.begun === undefined) await this.start(seen.server, migrations, signal);
    else if (seen.is === 'here') await this.judge(seen.server, migrations, signal);
    return undefined;
  }

  private join(running: Migration | undefined, migrations: readonly Migration[]): void {
    if (running === undefined) return;
    const own = this.begun !== undefined && !this.begun.before.has(running.id);
    // Whatever is taking it away is what we wait for, be it started by an earlier call or by somebody else.
    if (own && this.begun?.doubt === undefined) return;
    const before = new Set(migrations.map(({ id }) => id));
    before.delete(running.id);
    this.begun = { before };
  }

  private async start(server: Server, migrations: readonly Migration[], signal: AbortSignal): Promise<void> {
    const { instanceId, mode } = this.order;
    if (mode === 'live' && !['ACTIVE', 'PAUSED'].includes(server.status))
      throw this.refusal(`it is ${server.status}, and only what runs can be moved live`);
    const before = new Set(migrations.map(({ id }) => id));
    this.restingSince = undefined;
    // Before the call: when it is aborted half-way, there is a migration to be called off, or none.
    this.begun = {
      before,
      doubt: new CloudUnavailable(`asking the cloud to move ${named(server)} was not answered`),
    };
    try {
      this.begun = { before, request: await this.compute.start(instanceId, mode, signal) };
    } catch (error) {
      if (!(error instanceof CloudRefused || error instanceof CloudUnavailable)) throw error;
      this.begun = { before, doubt: error };
    }
  }

  /** It rests where it was although it was to be moved: failed, or not seen to begin yet. */
  private async judge(server: Server, migrations: readonly Migration[], signal: AbortSignal): Promise<void> {
    const { before, doubt, request } = this.begun!;
    if (doubt instanceof CloudRefused) throw this.refusal(doubt.message, doubt);
    const own = migrations.find(({ id, source }) => !before.has(id) && source === this.order.from);
    const why =
      own !== undefined || request !== undefined
        ? await this.compute.failure(server.id, request, signal)
        : undefined;
    if (own?.state === 'failed') throw this.refusal(why ?? `the migration ended as ${own.status}`);
    if (why !== undefined) throw this.refusal(why);
    if (!this.restedFor(this.pace.settleMs)) return;
    throw doubt ?? this.refusal('the cloud accepted it, and then nothing was seen to happen');
  }

  private async confirm(server: Server, signal: AbortSignal): Promise<void> {
    try {
      await this.compute.confirm(server.id, signal);
    } catch (error) {
      // Confirmed by somebody else, or the answer was lost: the next look tells.
      if (!(error instanceof CloudRefused || error instanceof CloudUnavailable)) throw error;
    }
  }

  private async callOff(reason: string): Promise<Move> {
    const bound = AbortSignal.timeout(this.pace.callOffMs);
    this.restingSince = undefined;
    try {
      return await this.repeat((seen) => this.withdraw(seen, reason, bound), bound);
    } catch (error) {
      if (!bound.aborted || error instanceof CloudRefused) throw error;
      const state = this.last === undefined ? '' : `; it was last seen ${this.last.task ?? this.last.status}`;
      throw this.refusal(`${reason}, and it did not come to rest within ${this.pace.callOffMs} ms${state}`);
    }
  }

  private async withdraw(seen: Sight, reason: string, signal: AbortSignal): Promise<Move | undefined> {
    // Cold and arrived: taking it back would cost the instance a second stop.
    if (seen.is === 'unconfirmed') await this.confirm(seen.server, signal);
    if (seen.is === 'busy' && seen.migration?.kind === 'live')
      await this.stop(seen.server, seen.migration, signal);
    // A start without an answer may still be on its way to the cloud.
    const sure = this.begun?.doubt === undefined || this.restedFor(3 * this.pace.firstPollMs);
    if (seen.is === 'here' && sure) throw this.refusal(`it was called off: ${reason}`);
    return undefined;
  }

  private async stop(server: Server, migration: Migration, signal: AbortSignal): Promise<void> {
    if (this.stopped === migration.id) return;
    try {
      await this.compute.callOff(server.id, migration, signal);
      this.stopped = migration.id;
    } catch (error) {
      // Not yet or no longer to be stopped: the next look tells.
      if (!(error instanceof CloudRefused)) throw error;
    }
  }

  private restedFor(ms: number): boolean {
    return this.restingSince !== undefined && Date.now() - this.restingSince >= ms;
  }

  private refusal(why: string, cause?: Error): CloudRefused {
    const { instanceId, from, mode } = this.order;
    const who = this.last === undefined ? instanceId : named(this.last);
    return new CloudRefused(`instance ${who} was not moved ${mode} off ${from}: ${why}`, { cause });
  }
}
