import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Collections } from '#libs/interchange/src/netbox/netbox-demo.js';

export const netBoxToken = 'd34db33fd34db33fd34db33fd34db33fd34db33f';

export interface FakeNetBox {
  readonly url: string;
  /** With its port. */
  readonly host: string;
  /** What it answers from now on. */
  collections: Collections;
  asked: number;
  /** Answered as it is in place of any page. */
  nonsense?: string;
  close(): Promise<void>;
}

const pageSize = 500;

/** Answers what a NetBox answers over REST: pages of collections, to whoever has the token. */
export const startNetBox = async (collections: Collections): Promise<FakeNetBox> => {
  const server = createServer((request, response) => {
    netBox.asked += 1;
    const at = new URL(request.url ?? '', netBox.url);
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (netBox.nonsense !== undefined) return void response.end(netBox.nonsense);
    if (request.headers.authorization !== `Token ${netBoxToken}`)
      return void answer(403, { detail: 'Invalid token' });
    const all = netBox.collections[at.pathname.replace(/^\/api\/|\/$/g, '')] ?? [];
    const offset = Number(at.searchParams.get('offset') ?? 0);
    const following = new URL(at);
    following.searchParams.set('offset', String(offset + pageSize));
    const next = offset + pageSize < all.length ? following.href : null;
    answer(200, { count: all.length, next, previous: null, results: all.slice(offset, offset + pageSize) });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const netBox: FakeNetBox = {
    url: `http://${host}`,
    host,
    collections,
    asked: 0,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return netBox;
};
