import { Injectable } from '@nestjs/common';
import { type DeliveryState, NotificationDelivery } from '#libs/notifications/src/delivery.port.js';
import { EventStore } from '#libs/platform/src/event-store/event-store.js';
import { Publisher } from './publisher.js';

const wordsOf = (connected: boolean, ok: boolean): string => {
  if (!ok) return connected ? 'telling the broker fails' : 'the broker is away';
  return connected ? 'the broker is there' : 'the broker is not connected yet';
};

/** The publisher of this process, as others may know it. */
@Injectable()
export class Delivery extends NotificationDelivery {
  constructor(
    private readonly publisher: Publisher,
    private readonly store: EventStore,
  ) {
    super();
  }

  override async state(): Promise<DeliveryState> {
    const { connected, ok, awaySince } = this.publisher.health();
    return { connected, detail: wordsOf(connected, ok), awaySince, waitingSince: await this.waitingSince() };
  }

  private async waitingSince(): Promise<Date | null> {
    const after = await this.publisher.reached();
    const asked = after === undefined ? { limit: 1 } : { after, limit: 1 };
    for await (const { recordedAt } of this.store.readAll(asked)) return recordedAt;
    return null;
  }
}
