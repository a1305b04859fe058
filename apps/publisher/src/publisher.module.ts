import { Module } from '@nestjs/common';
import { NotificationDelivery } from '#libs/notifications/src/delivery.port.js';
import { Delivery } from './delivery.js';
import { Publisher } from './publisher.js';

/** Needs an `EventStore` and the `Config` from a global module; runs from the application's start until its shutdown. */
@Module({
  providers: [Publisher, { provide: NotificationDelivery, useClass: Delivery }],
  exports: [Publisher, NotificationDelivery],
})
export class PublisherModule {}
