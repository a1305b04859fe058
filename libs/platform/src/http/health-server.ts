import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';

/** One part of a process that must be well for the process to do its work. */
export interface Check {
  readonly ok: boolean;
  readonly detail: string;
}

export type Checks = () => Promise<Readonly<Record<string, Check>>>;

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

const answer = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const ready = async (response: ServerResponse, checks: Checks): Promise<void> => {
  try {
    const parts = await checks();
    const ok = Object.values(parts).every((part) => part.ok);
    answer(response, ok ? 200 : 503, { status: ok ? 'ready' : 'not ready', ...parts });
  } catch {
    answer(response, 503, { status: 'not ready' });
  }
};

const serve = (checks: Checks): Server =>
  createServer({ requestTimeout: 5_000 }, ({ method, url }, response) => {
    if (method !== 'GET' && method !== 'HEAD') return answer(response, 405, { status: 'only GET and HEAD' });
    if (url === '/health/live') return answer(response, 200, { status: 'live' });
    if (url === '/health/ready') return void ready(response, checks);
    return answer(response, 404, { status: 'only /health/live and /health/ready' });
  });

/** For a process that has no other HTTP: `/health/live`, and `/health/ready` with every check by name, 503 when one is not ok. */
export const serveHealth = async (
  { host, port }: { readonly host: string; readonly port: number },
  checks: Checks,
): Promise<HealthServer> => {
  const server = serve(checks);
  await once(server.listen(port, host), 'listening');
  return {
    port: (server.address() as { port: number }).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
