import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answering = (request: IncomingMessage, response: ServerResponse) => void;

type Headers = Readonly<Record<string, string>>;

/** Answers with this and says that it is JSON. */
export const sends =
  (body: string | Buffer, headers: Headers = {}): Answering =>
  (_, response) =>
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body);

/** Answers with this as JSON. */
export const says = (value: unknown): Answering => sends(JSON.stringify(value));

/** A real server of whatever answers, at an address of its own on this machine. */
export class JsonServer {
  /** Every request so far. */
  readonly asked: IncomingMessage[] = [];
  /** By path, with the query; what is not there is 404. */
  readonly answers = new Map<string, Answering>();

  private readonly server = createServer((request, response) => {
    this.asked.push(request);
    const answer = this.answers.get(request.url ?? '');
    if (answer) answer(request, response);
    else response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  });

  static async start(): Promise<JsonServer> {
    const server = new JsonServer();
    await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Answers this at a path; its address. */
  at(path: string, answer: Answering): string {
    this.answers.set(path, answer);
    return `${this.url}${path}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}
