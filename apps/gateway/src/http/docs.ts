import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { describe } from './openapi.js';
import { Routes } from './routes.js';

const { version } = JSON.parse(readFileSync(findPackageJSON(import.meta.url) as string, 'utf8')) as {
  version: string;
};

/** The API's description at `/openapi.json`, and to be read and tried at `/docs`; nothing is fetched from elsewhere. */
export const serveDocs = (app: NestFastifyApplication): void => {
  const document = () => describe(app.get(Routes).all(), version) as unknown as OpenAPIObject;
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Craton',
    swaggerOptions: { persistAuthorization: true },
  });
};
