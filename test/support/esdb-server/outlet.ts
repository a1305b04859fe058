import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';

export type ReadCall = ServerWritableStream<streams.ReadReq, streams.ReadResp>;

const mostUnsentBytes = 256 * 1024;

/** The server's end of a read: waits for the client, so that a slow reader costs the server no memory. */
export class Outlet {
  private unsent = 0;
  private room: () => void = () => undefined;

  constructor(
    private readonly call: ReadCall,
    /** Aborts when the client is gone or the server has ended the call: nothing is sent any more. */
    readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => {
      this.room();
    });
  }

  get closed(): boolean {
    return this.signal.aborted;
  }

  async send(message: streams.ReadResp): Promise<void> {
    if (this.closed) return;
    const size = message.getEvent()?.getEvent()?.getData().length ?? 0;
    this.unsent += size;
    this.call.write(message, () => {
      this.unsent -= size;
      this.room();
    });
    while (this.unsent > mostUnsentBytes && !this.closed)
      await new Promise<void>((resolve) => {
        this.room = resolve;
      });
  }
}
