import type { Rows } from '#libs/platform/src/read-store/page.js';
import type { Exchange } from './exchange.js';
import type { PageQuery } from './query.js';

export interface Link {
  readonly rel: 'first' | 'self' | 'next';
  readonly href: string;
}

const pathOf = (url: string): string => url.split('?', 1)[0] ?? url;

/** Addresses of the pages around this one, each with the same filters. */
export const linksOf = <Row extends { readonly id: string }>(
  exchange: Exchange,
  { limit, marker }: PageQuery,
  { rows, more }: Rows<Row>,
): Link[] => {
  const link = (rel: Link['rel'], from: string | undefined): Link => {
    const given = Object.entries(exchange.request.query as Record<string, string | string[]>);
    const parameters = new URLSearchParams(
      given.flatMap(([name, values]) => [values].flat().map((value): [string, string] => [name, value])),
    );
    parameters.set('limit', String(limit));
    parameters.delete('marker');
    if (from !== undefined) parameters.set('marker', from);
    return { rel, href: exchange.address(`${pathOf(exchange.request.url)}?${parameters.toString()}`) };
  };
  const last = rows.at(-1);
  return [link('first', undefined), link('self', marker), ...(more && last ? [link('next', last.id)] : [])];
};

/** One page of a collection, as every list answers it. */
export const page = <Collection extends string, Row extends { readonly id: string }, Body>(
  exchange: Exchange,
  query: PageQuery,
  found: Rows<Row>,
  [collection, body]: readonly [Collection, (row: Row, index: number) => Body],
) =>
  ({ [collection]: found.rows.map(body), links: linksOf(exchange, query, found) }) as Record<
    Collection,
    Body[]
  > & {
    links: Link[];
  };
