import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A way to a server that can be shut: what was connected is cut off and nobody gets in until it is opened again. */
export class Gate {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  private constructor(private readonly target: URL) {}

  static async before(url: string): Promise<Gate> {
    const gate = new Gate(new URL(url));
    await gate.open();
    return gate;
  }

  /** The server's URL, by way of the gate; the same however often it was shut. */
  get url(): string {
    const { protocol, username, password, pathname, search } = this.target;
    const user = username === '' ? '' : `${username}:${password}@`;
    return `${protocol}//${user}127.0.0.1:${this.#port}${pathname}${search}`;
  }

  async open(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(Number(this.target.port || 5672), this.target.hostname);
      for (const socket of [near, far]) {
        this.#sockets.add(socket.on('error', () => undefined));
        socket.once('close', () => this.#sockets.delete(socket));
      }
      near.pipe(far).pipe(near);
      near.once('close', () => far.destroy());
      far.once('close', () => near.destroy());
    });
    await once(server.listen(this.#port, '127.0.0.1'), 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async shut(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
