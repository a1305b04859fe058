import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { v5 } from 'uuid';
import { ToProject } from '#libs/inventory/src/inventory.handlers.js';
import type { CommandMetadata } from '#libs/platform/src/command-runner/command-runner.js';
import { newId } from '#libs/platform/src/identifiers.js';
import type { KeyRow } from '#projections/access/access.queries.js';

interface Use {
  readonly key: KeyRow;
  readonly at: Date;
}

const intervalMs = 60_000;
const patienceMs = 5000;
const maxPending = 10_000;

const metadataOf = ({ key, at }: Use): CommandMetadata => {
  const { id, user_id: userId, username, project_id: projectId } = key;
  const correlationId = newId();
  return {
    actor: { userId, username, projectId },
    projectId,
    correlationId,
    causationId: correlationId,
    // The same in every gateway, which may all notice the same day.
    commandId: v5(`api key ${id} used on ${at.toISOString().slice(0, 10)}`, projectId),
    subject: id,
  };
};

/**
 * Has the log know, once for each key and UTC day, that the key was used: as an event, so that every gateway, every past moment and
 * every rebuilt read model agree on it. It is written behind the requests, once a minute and at the end; a gateway that is killed
 * forgets what it noticed in its last minute.
 */
@Injectable()
export class KeyUses implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('KeyUses');
  private pending = new Map<string, Use>();
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();

  constructor(private readonly bus: CommandBus) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), intervalMs).unref();
  }

  /** The log is still open. When it is away, the end of the process does not wait for it. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    const over = new AbortController();
    const late = sleep(patienceMs, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race([this.flush(), late]).finally(() => over.abort());
  }

  note(key: KeyRow, at: Date): void {
    if (this.pending.size < maxPending) this.pending.set(key.id, { key, at });
  }

  /** What was noted before is in the log when it resolves, unless the log is away: then it is tried again the next time. */
  flush(): Promise<void> {
    this.flushing = this.flushing.then(() => this.record());
    return this.flushing;
  }

  private async record(): Promise<void> {
    const uses = [...this.pending.values()];
    this.pending = new Map();
    const recorded = await Promise.allSettled(uses.map((use) => this.tell(use)));
    const failed = uses.filter((_, index) => recorded[index]?.status === 'rejected');
    for (const { key, at } of failed) if (!this.pending.has(key.id)) this.note(key, at);
    const first = recorded.find((one) => one.status === 'rejected');
    if (first) this.logger.warn({ err: first.reason, keys: failed.length }, 'uses of keys are not recorded');
  }

  private tell(use: Use): Promise<unknown> {
    const command = { type: 'RecordKeyUse', keyId: use.key.id, at: use.at.toISOString() } as const;
    return this.bus.execute(new ToProject(use.key.project_id, command, metadataOf(use)));
  }
}
