import type { Type } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Rows } from '#libs/platform/src/read-store/page.js';
import type { Exchange } from './exchange.js';
import { isOptional } from './fields.js';
import type { PageQuery } from './query.js';
import { schemaOf } from './schemas.js';

export interface Link {
  readonly rel: 'first' | 'prev' | 'self' | 'next';
  readonly href: string;
}

const pathOf = (url: string): string => url.split('?', 1)[0] ?? url;

/** Addresses of the pages around this one, each with the same filters and order. */
export const linksOf = (
  exchange: Exchange,
  { limit, marker }: PageQuery,
  { more, end, previous }: Rows<unknown>,
): Link[] => {
  const link = (rel: Link['rel'], from: string | null | undefined): Link => {
    const given = Object.entries(exchange.request.query as Record<string, string | string[]>);
    const parameters = new URLSearchParams(
      given.flatMap(([name, values]) => [values].flat().map((value): [string, string] => [name, value])),
    );
    parameters.set('limit', String(limit));
    parameters.delete('marker');
    if (from != null) parameters.set('marker', from);
    return { rel, href: exchange.address(`${pathOf(exchange.request.url)}?${parameters.toString()}`) };
  };
  return [
    link('first', undefined),
    ...(previous === undefined ? [] : [link('prev', previous)]),
    link('self', marker),
    ...(more && end !== undefined ? [link('next', end)] : []),
  ];
};

const membersOfTypes = new WeakMap<Type, readonly string[]>();

/** What things of a list have: variables with `details`, and nothing that is shown of single things only. */
const membersOf = (type: Type, detailed: boolean): readonly string[] => {
  const known = membersOfTypes.get(type) ?? Object.keys(schemaOf(type)['properties'] as object);
  membersOfTypes.set(type, known);
  const prototype = type.prototype as object;
  return known.filter((name) => !isOptional(prototype, name) || (detailed && name === 'variables'));
};

const refusalOf = (name: string): string =>
  name === 'variables' ? 'variables come with details=true only' : `${name} is no member of these things`;

interface Choice {
  readonly fields?: string;
  readonly details?: boolean;
}

/** Undefined for all. */
const chosenOf = (exchange: Exchange, query: Choice): readonly string[] | undefined => {
  const { type } = exchange.answered;
  if (query.fields === undefined || !type) return undefined;
  const known = new Set(membersOf(type, query.details === true));
  const wanted = [...new Set(query.fields.split(','))];
  const unknown = wanted.filter((name) => !known.has(name));
  if (unknown.length === 0) return wanted;
  throw new DomainError('validation-failed', 'the request does not fit its schema', {
    violations: unknown.map((name) => ({ member: 'fields', message: refusalOf(name) })),
  });
};

const only = <Body>(body: Body, members: readonly string[]): Body =>
  Object.fromEntries(members.map((name) => [name, (body as Record<string, unknown>)[name]])) as Body;

/** Leaves of each thing the members that `fields` chooses. `validation-failed` that names those which are not there. */
export const choosing = (exchange: Exchange, query: Choice): (<Body>(body: Body) => Body) => {
  const members = chosenOf(exchange, query);
  return (body) => (members ? only(body, members) : body);
};

/** One page of a collection, as every list answers it. */
export const page = <Collection extends string, Row, Body>(
  exchange: Exchange,
  query: PageQuery,
  found: Rows<Row>,
  [collection, body]: readonly [Collection, (row: Row, index: number) => Body],
) => {
  const chosen = choosing(exchange, query);
  const bodies = found.rows.map((row, index) => chosen(body(row, index)));
  return { [collection]: bodies, links: linksOf(exchange, query, found) } as Record<Collection, Body[]> & {
    links: Link[];
  };
};
