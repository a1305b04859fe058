import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly additionalProperties?: boolean;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly $ref?: string;
  readonly schema?: Schema;
}

interface Described {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: object;
}

export interface Body {
  readonly schema: Schema;
  fits(value: unknown): boolean;
}

/** One route as the API describes it. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  /** With parameters as `{name}`. */
  readonly path: string;
  readonly isPublic: boolean;
  readonly query: Readonly<Record<string, Schema>>;
  readonly headers: readonly string[];
  readonly body: Body | undefined;
}

/** The described API, with its references followed. */
export class Api {
  readonly operations: readonly Operation[];
  private readonly ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false });

  constructor(private readonly document: Document) {
    this.ajv.addSchema({ ...document, $id: 'api' });
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, described]) => this.operation(path, method, described)),
    );
  }

  resolved<T extends { readonly $ref?: string }>(value: T): T {
    if (value.$ref === undefined) return value;
    const names = value.$ref.slice(2).split('/');
    return names.reduce<unknown>(
      (at, name) => (at as Record<string, unknown>)[name.replaceAll('~1', '/')],
      this.document,
    ) as T;
  }

  private operation(path: string, method: string, described: Described): Operation {
    const parameters = described.parameters.map((parameter) => this.resolved(parameter));
    const queries = parameters.filter((parameter) => parameter.in === 'query');
    return {
      id: described.operationId,
      method: method.toUpperCase(),
      path,
      isPublic: described.security?.length === 0,
      query: Object.fromEntries(queries.map(({ name, schema = {} }) => [name, schema])),
      headers: parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name),
      body: this.body(described.requestBody?.content['application/json']?.schema),
    };
  }

  private body(schema: Schema | undefined): Body | undefined {
    if (!schema) return undefined;
    const validate: ValidateFunction = this.ajv.compile(
      schema.$ref === undefined ? schema : { $ref: `api${schema.$ref}` },
    );
    return { schema: this.resolved(schema), fits: (value) => validate(value) };
  }
}
