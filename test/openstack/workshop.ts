import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '#test/support/until.js';
import { runMs } from './craton.js';

/** Who does the work on an empty host: asked over HTTP, and busy until told to be done. */
export class Workshop {
  /** The key of every order that came. */
  readonly orders: string[] = [];
  private readonly waiting: ServerResponse[] = [];

  private constructor(private readonly server: Server) {
    server.on('request', (request, response: ServerResponse) => {
      this.orders.push(String(request.headers['idempotency-key']));
      this.waiting.push(response);
    });
  }

  static async open(): Promise<Workshop> {
    const server = createServer();
    const workshop = new Workshop(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return workshop;
  }

  /** What a run is told to do with the empty host. */
  get work() {
    const { port } = this.server.address() as AddressInfo;
    return { plugin: 'http.request', input: { url: `http://127.0.0.1:${port}/firmware` } };
  }

  /** Resolves when the work has been ordered, so often in all. */
  async begun(times = 1): Promise<void> {
    await until(
      () => this.orders.length >= times,
      runMs,
      () => `the work was ordered ${this.orders.length} times`,
    );
  }

  /** The work is done, or cannot be done. */
  finish(status = 200): void {
    for (const response of this.waiting.splice(0)) response.writeHead(status).end();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
