import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { Config } from '#libs/platform/src/config/config.js';
import { nestLogger } from '#libs/platform/src/telemetry/logger.js';
import { serveDocs } from './http/docs.js';
import { logRequests } from './http/request-log.js';
import { configureHttp, httpAdapter } from './http/server.js';

/** An application that answers HTTP, from a module that has `GatewayModule` in it. Not yet listening. */
export const createGateway = async (
  module: Type | DynamicModule,
  logger: Logger,
  { CRATON_TRUST_PROXY: proxies }: Pick<Config, 'CRATON_TRUST_PROXY'> = {},
): Promise<NestFastifyApplication> => {
  const app = await NestFactory.create<NestFastifyApplication>(module, httpAdapter(proxies), {
    bodyParser: false,
    abortOnError: false,
    logger: nestLogger(logger),
  });
  configureHttp(app);
  logRequests(app, logger);
  serveDocs(app);
  return app;
};
