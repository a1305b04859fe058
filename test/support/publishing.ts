import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { Publisher } from '#apps/publisher/src/publisher.js';
import { readConfig } from '#libs/platform/src/config/config.js';
import type { EventStore } from '#libs/platform/src/event-store/event-store.js';
import type { AnnouncedEvent } from '#libs/notifications/src/notification.policy.js';
import { facts, fresh } from './facts.js';

/** Publishers of one log, one after the other or side by side, on one data directory; and what they wrote to the process's log. */
export class Publishing {
  readonly lines: string[] = [];
  readonly #publishers: Publisher[] = [];
  #told = 0;

  private constructor(
    readonly folder: string,
    private readonly store: EventStore,
  ) {
    const write = (...words: unknown[]) => void this.lines.push(words.join(' '));
    Logger.overrideLogger({ log: write, warn: write, error: write });
  }

  static async of(store: EventStore): Promise<Publishing> {
    return new Publishing(await mkdtemp(join(tmpdir(), 'craton-publisher-')), store);
  }

  get checkpoint(): string {
    return join(this.folder, 'publisher.checkpoint.json');
  }

  start(environment: Readonly<Record<string, string>>): Publisher {
    const config = readConfig({ CRATON_DATA_DIR: this.folder, ...environment });
    const publisher = new Publisher(this.store, config);
    this.#publishers.push(publisher);
    publisher.start();
    return publisher;
  }

  /** Appends one event of each type and resolves with their ids. */
  async append(...types: readonly AnnouncedEvent['type'][]): Promise<readonly string[]> {
    const ids: string[] = [];
    for (const type of types) {
      const event = fresh(type, this.#told++);
      await this.store.append(facts[type][0], 'any', [event]);
      ids.push(event.id);
    }
    return ids;
  }

  async end(): Promise<void> {
    await Promise.all(this.#publishers.map((publisher) => publisher.stop()));
    Logger.overrideLogger(false);
    await this.store.close();
    await rm(this.folder, { recursive: true });
  }
}
