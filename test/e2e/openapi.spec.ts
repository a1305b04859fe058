import { Validator } from '@seriousme/openapi-schema-validator';
import { Routes } from '#apps/gateway/src/http/routes.js';
import { namePattern } from '#libs/kernel/src/names.js';
import { client, type Gateway, startGateway } from '#test/support/gateway.js';

interface Operation {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters: readonly { readonly $ref?: string; readonly name?: string }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: object }>>;
}

const at = (document: unknown, reference: string): unknown =>
  reference
    .slice(2)
    .split('/')
    .reduce<unknown>((value, member) => (value as Record<string, unknown> | undefined)?.[member], document);

const references = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === '$ref' ? [String(member)] : references(member),
  );
};

describe("the API's description of itself", () => {
  let gateway: Gateway;
  let document: {
    readonly openapi: string;
    readonly paths: Record<string, Record<string, Operation>>;
    readonly components: { readonly schemas: Record<string, Record<string, unknown>> };
  };
  beforeAll(async () => {
    gateway = await startGateway();
    document = (await client(gateway.app, undefined).get('/openapi.json')).body;
  });
  afterAll(() => gateway.close());

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );

  it('is OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(document));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(document.openapi).toMatch(/^3\.1\./);
  });

  it('refers to nothing that is not there', () => {
    const all = references(document);
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter((reference) => at(document, reference) === undefined)).toEqual([]);
  });

  it('has every route there is, each with a name of its own and a described answer', () => {
    const routes = gateway.app.get(Routes).all();
    expect(operations()).toHaveLength(routes.length);
    expect(new Set(operations().map(({ operation }) => operation.operationId)).size).toBe(routes.length);
    for (const { operation } of operations()) {
      const successes = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
      expect(successes).toHaveLength(1);
      expect(successes[0]?.[0] === '204' || successes[0]?.[1].content !== undefined).toBe(true);
    }
  });

  it('says which routes need no key', () => {
    const open = operations().filter(({ operation }) => operation.security?.length === 0);
    expect(open.map(({ path }) => path).toSorted()).toEqual(['/health/live', '/health/ready']);
  });

  it('says what the validation demands', () => {
    expect(document.components.schemas['NewCloud']).toEqual({
      type: 'object',
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 255, pattern: namePattern },
        note: { type: ['string', 'null'], maxLength: 4096 },
        variables: { type: 'object', additionalProperties: true, maxProperties: 1000 },
      },
      required: ['name'],
      additionalProperties: false,
    });
    expect(document.components.schemas['UserBody']).toMatchObject({
      required: expect.arrayContaining(['id', 'created_at', 'updated_at', 'project_id', 'roles']),
    });
    const list = document.paths['/v1/clouds']?.['get']?.parameters ?? [];
    expect(list).toContainEqual({
      name: 'limit',
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 1000, default: 30 },
    });
    expect(list).toContainEqual({ $ref: '#/components/parameters/as_of' });
  });

  it('describes what is really answered', async () => {
    const { body } = await gateway.root.post('/v1/clouds', { name: 'described' });
    const { properties, required } = document.components.schemas['CloudBody'] as {
      properties: object;
      required: string[];
    };
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(body)));
    expect(Object.keys(body)).toEqual(expect.arrayContaining(required));
  });
});
