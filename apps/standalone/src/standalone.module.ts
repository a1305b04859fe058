import { type DynamicModule, Module } from '@nestjs/common';
import { EngineModule } from '#apps/engine/src/engine.module.js';
import { GatewayModule } from '#apps/gateway/src/gateway.module.js';
import { PublisherModule } from '#apps/publisher/src/publisher.module.js';
import { type Platform, PlatformModule } from '#libs/platform/src/platform.module.js';

/** Gateway and engine over the same stores, and the publisher when there is a broker. */
@Module({})
export class StandaloneModule {
  static of(platform: Platform): DynamicModule {
    const publisher = platform.config.CRATON_AMQP_URL === undefined ? [] : [PublisherModule];
    const imports = [PlatformModule.of(platform), GatewayModule, EngineModule, ...publisher];
    return { module: StandaloneModule, imports };
  }
}
