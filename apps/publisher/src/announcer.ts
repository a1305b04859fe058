import type { Logger } from '@nestjs/common';
import type { Recorded } from '#libs/kernel/src/event.js';
import { isAnnounced, notify } from '#libs/notifications/src/notification.policy.js';
import { addressed, type OsloMessage } from '#libs/notifications/src/oslo.js';
import type { RecordedEvent } from '#libs/platform/src/event-store/event-store.js';

/** Turns what the log holds into what is published. One event that makes no sense here must not keep back all that follow it. */
export class Announcer {
  /** Events that nobody was told of. */
  skipped = 0;
  readonly #complaints = new Set<string>();

  constructor(
    private readonly publisherId: string,
    private readonly log: Pick<Logger, 'warn'>,
  ) {}

  messagesOf(event: RecordedEvent): readonly OsloMessage[] {
    if (!isAnnounced(event.type)) return this.#skip(event, 'is of a type that is not known here');
    try {
      const fact = event as unknown as Recorded;
      return notify(fact).map((notification, index) =>
        addressed(fact, notification, this.publisherId, index === 0),
      );
    } catch {
      return this.#skip(event, 'has not the shape of its type');
    }
  }

  #skip({ id, type, stream }: RecordedEvent, why: string): readonly [] {
    this.skipped += 1;
    const complaint = `${type} ${why}`;
    if (!this.#complaints.has(complaint))
      this.log.warn(
        `nobody is told of event ${id} of ${stream}: ${complaint}; further ones are counted only`,
      );
    this.#complaints.add(complaint);
    return [];
  }
}
