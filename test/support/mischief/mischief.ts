import type { Headers, Method } from '../gateway.js';
import type { Belongings } from './belongings.js';
import type { Examples } from './examples.js';
import type { Operation } from './operations.js';
import type { Chance } from './random.js';

/** A request with something wrong in it. */
export interface Wrong {
  readonly what: string;
  readonly method: Method;
  readonly url: string;
  readonly headers?: Headers;
  readonly payload?: string | Buffer;
  /** Undefined: it may happen to be right. */
  readonly refused?: readonly number[];
  /** The member of the body, query or headers that a refusal names. */
  readonly member?: string;
}

export interface Scene {
  readonly chance: Chance;
  readonly examples: Examples;
  /** Of the project of whoever asks. */
  readonly own: Belongings;
  /** Of another project. */
  readonly foreign: Belongings;
}

/** Undefined when it does not apply to the operation. */
export type Mischief = (operation: Operation, scene: Scene) => Wrong | undefined;

/** The address of the operation, with these things in it. */
export const addressOf = ({ path }: Operation, things: Belongings, chance: Chance): string =>
  path.replace(/([^/]+)\/\{[^}]+\}/g, (_, collection: string) => {
    const id = things[collection.replace(/^\{.*\}$/, '')] ?? chance.uuid();
    return `${collection}/${id}`;
  });

export const isIdentified = ({ path }: Operation): boolean => path.includes('{');
export const changes = ({ method }: Operation): boolean => method !== 'GET';

/** The operation as it should be asked, but for what the mischief changes. */
export const proper = (operation: Operation, { chance, examples, own }: Scene) => ({
  method: operation.method as Method,
  url: addressOf(operation, own, chance),
  headers: {} as Headers,
  ...(operation.body && { payload: JSON.stringify(examples.body(operation.body.schema, own)) }),
});

/** What a body or a header that is wrong may be refused with: who may not do it at all is told that first. */
export const badRequest = [400, 403] as const;
