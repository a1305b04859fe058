import { type DynamicModule, Global, Module } from '@nestjs/common';
import { EngineModule } from '#apps/engine/src/engine.module.js';
import { GatewayModule } from '#apps/gateway/src/gateway.module.js';
import { PublisherModule } from '#apps/publisher/src/publisher.module.js';
import { type Platform, PlatformModule } from '#libs/platform/src/platform.module.js';

/** The gateway's answer about its health speaks of the publisher beside it. */
@Global()
@Module({ imports: [PublisherModule], exports: [PublisherModule] })
class PublisherBeside {}

/** Gateway and engine over the same stores, and the publisher when there is a broker. */
@Module({})
export class StandaloneModule {
  static of(platform: Platform): DynamicModule {
    const publisher = platform.config.CRATON_AMQP_URL === undefined ? [] : [PublisherBeside];
    const imports = [PlatformModule.of(platform), GatewayModule, EngineModule, ...publisher];
    return { module: StandaloneModule, imports };
  }
}
