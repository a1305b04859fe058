import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { Config } from '#libs/platform/src/config/config.js';
import { demandCredentials } from '#libs/providers/src/providers.module.js';
import { nestLogger } from '#libs/platform/src/telemetry/logger.js';
import { serveDocs } from './http/docs.js';
import { patienceFor } from './http/patience.js';
import { logRequests } from './http/request-log.js';
import { configureHttp, httpAdapter } from './http/server.js';

/** An application that answers HTTP, from a module that has `GatewayModule` in it. Not yet listening. */
export const createGateway = async (
  module: Type | DynamicModule,
  logger: Logger,
  config: Pick<Config, 'CRATON_TRUST_PROXY' | 'CRATON_PROVIDER_CREDENTIALS'> &
    Partial<Pick<Config, 'CRATON_IMPORT_SECONDS'>> = {},
): Promise<NestFastifyApplication> => {
  demandCredentials(config);
  const patience = patienceFor(config.CRATON_IMPORT_SECONDS);
  const app = await NestFactory.create<NestFastifyApplication>(
    module,
    httpAdapter(config.CRATON_TRUST_PROXY, patience),
    {
      bodyParser: false,
      abortOnError: false,
      logger: nestLogger(logger),
    },
  );
  configureHttp(app, patience);
  logRequests(app, logger);
  serveDocs(app);
  return app;
};
