import { Module } from '@nestjs/common';
import { Publisher } from './publisher.js';

/** Needs an `EventStore` and the `Config` from a global module; runs from the application's start until its shutdown. */
@Module({ providers: [Publisher], exports: [Publisher] })
export class PublisherModule {}
