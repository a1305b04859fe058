import type { Type } from '@nestjs/common';
import { LinkBody } from './bodies.js';
import { operationHeaders, problemResponses, SHARED } from './openapi-shared.js';
import type { Route } from './routes.js';
import { type Schema, schemaOf, Schemas } from './schemas.js';

const json = (schema: Schema): Schema => ({ 'application/json': { schema } });

/** What others lay down is not described a second time. */
const textsOf = (media: readonly string[]): Schema =>
  Object.fromEntries(
    [...new Set(media)].map((type) => [
      type,
      { schema: type === 'application/json' ? {} : { type: 'string' } },
    ]),
  );

const answerOf = ({ answers, method, status }: Route, schemas: Schemas): Schema => {
  const { type, collection, media, summary } = answers;
  const headers = Object.fromEntries(
    ['x-openstack-request-id', 'Craton-Cursor', ...(type && !collection ? ['ETag'] : [])].map((name) => [
      name,
      { $ref: `#/components/headers/${name}` },
    ]),
  );
  if (media) return { 200: { description: summary, headers, content: textsOf(media) } };
  if (!type) return { 204: { description: summary, headers } };
  const schema = collection ? pageOf(collection, type, schemas) : schemas.refer(type);
  return {
    [status ?? (method === 'POST' ? 201 : 200)]: { description: summary, headers, content: json(schema) },
  };
};

const pageOf = (collection: string, type: Type, schemas: Schemas): Schema => ({
  type: 'object',
  properties: {
    [collection]: { type: 'array', items: schemas.refer(type) },
    links: { type: 'array', items: schemas.refer(LinkBody) },
  },
  required: [collection, 'links'],
  additionalProperties: false,
});

const pathParameters = ({ path }: Route): Schema[] =>
  [...path.matchAll(/:([^/]+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  }));

const queryParameters = ({ query, method, permission }: Route): Schema[] => {
  const asOf = { $ref: '#/components/parameters/as_of' };
  if (!query) return method === 'GET' && permission !== 'public' ? [asOf] : [];
  const { properties, required = [] } = schemaOf(query) as { properties: Schema; required?: string[] };
  return Object.entries(properties).map(([name, schema]) =>
    name === 'as_of'
      ? asOf
      : { name, in: 'query', required: required.includes(name), schema: schema as Schema },
  );
};

const operation = (route: Route, schemas: Schemas): Schema => {
  const { controller, name, permission, answers, body, takes } = route;
  const tag = controller.replace(/Controller$/, '');
  return {
    operationId: `${tag.charAt(0).toLowerCase()}${tag.slice(1)}${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    tags: [tag],
    summary: answers.summary,
    ...(permission === 'public'
      ? { security: [] }
      : { description: `Needs the permission \`${permission}\`.` }),
    parameters: [...pathParameters(route), ...queryParameters(route), ...operationHeaders(route)],
    ...(body && { requestBody: { required: true, content: json(schemas.refer(body)) } }),
    ...(takes && { requestBody: { required: true, content: textsOf(takes) } }),
    responses: { ...answerOf(route, schemas), ...problemResponses(route) },
  };
};

/** The API as OpenAPI 3.1 describes it, from nothing but the routes themselves. */
export const describe = (routes: readonly Route[], version: string): Schema => {
  const schemas = new Schemas();
  const paths: Record<string, Record<string, Schema>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:([^/]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, schemas) };
  }
  const { schemas: shared, ...components } = SHARED;
  return {
    openapi: '3.1.0',
    info: {
      title: 'Craton',
      version,
      description: 'Event-sourced orchestrator of planned maintenance for fleets of hosts.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ token: [] }, { bearer: [] }],
    paths,
    components: { ...components, schemas: { ...schemas.all(), ...shared } },
  };
};
