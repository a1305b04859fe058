import { randomUUID } from 'node:crypto';
import { asServiceError, type Calls } from './calls.js';
import type { Faults } from './faults.js';
import type { Stored, TransactionLog } from './log.js';
import {
  caughtUpMessage,
  checkpointMessage,
  confirmationMessage,
  eventMessage,
  streamNameOf,
  streamNotFoundMessage,
} from './messages.js';
import { Outlet, type ReadCall } from './outlet.js';
import { type ReadOptions, type ServerFilter, selected, serverFilter, subscribed } from './selection.js';

/** The one call behind reads of a stream, reads of `$all`, and both kinds of catch-up subscription. */
export class Reads {
  /** Events that subscriptions were sent. */
  sent = 0;
  private readonly subscriptions = new Map<ReadCall, AbortController>();

  constructor(
    private readonly log: TransactionLog,
    private readonly faults: Faults,
    private readonly calls: Calls,
  ) {}

  /** Ends every subscription with OK, as servers that are shut down in good order do. */
  endSubscriptions(): void {
    for (const [call, ending] of this.subscriptions) {
      ending.abort();
      call.end();
    }
  }

  readonly read = (call: ReadCall): void => {
    const options = call.request.getOptions();
    const subscription = options?.hasSubscription() ?? false;
    const end = this.calls.begin(subscription ? 'subscribe' : 'read', call);
    const ending = new AbortController();
    call.on('cancelled', () => {
      ending.abort();
    });
    if (subscription) this.subscriptions.set(call, ending);
    const work = options ? this.serve(call, options, new Outlet(call, ending.signal)) : Promise.resolve();
    void work.finally(() => {
      this.subscriptions.delete(call);
      end();
    });
  };

  private async serve(call: ReadCall, options: ReadOptions, outlet: Outlet): Promise<void> {
    try {
      if (!(await this.calls.admit())) return await aborted(outlet.signal);
      if (options.hasSubscription()) await this.follow(options, outlet);
      else await this.page(options, outlet);
      if (!outlet.closed) call.end();
    } catch (error) {
      call.emit('error', asServiceError(error));
    }
  }

  private async page(options: ReadOptions, outlet: Outlet): Promise<void> {
    const name = streamNameOf(options.getStream()?.getStreamIdentifier());
    if (options.hasStream() && !this.log.stream(name)) return outlet.send(streamNotFoundMessage(name));
    const positions = this.faults.positions || options.hasAll();
    for (const event of selected(this.log, options)) {
      if (outlet.closed) return;
      await outlet.send(eventMessage(event, positions));
    }
  }

  private async follow(options: ReadOptions, outlet: Outlet): Promise<void> {
    await outlet.send(confirmationMessage(randomUUID()));
    if (this.faults.stalledSubscriptions) return aborted(outlet.signal);
    const filter = serverFilter(options.getFilter());
    const source = subscribed(this.log, options);
    let index = Math.max(0, source.first - (this.faults.duplicates ? 1 : 0));
    let live = false;
    while (!outlet.closed) {
      const event = source.at(index);
      if (event) {
        await this.deliver(event, filter, outlet);
        index += 1;
        continue;
      }
      if (!live) await this.goLive(filter, outlet);
      live = true;
      if (!source.at(index)) await appended(this.log, outlet.signal);
    }
  }

  private async deliver(event: Stored, filter: ServerFilter | undefined, outlet: Outlet): Promise<void> {
    if (!filter || filter.passes(event)) {
      this.sent += 1;
      await outlet.send(eventMessage(event, true));
      if (this.faults.duplicates) await outlet.send(eventMessage(event, true));
    }
    if (filter?.checkpointIsDue()) await outlet.send(checkpointMessage(event.position));
  }

  private async goLive(filter: ServerFilter | undefined, outlet: Outlet): Promise<void> {
    const last = this.log.all.at(-1);
    if (filter && last) await outlet.send(checkpointMessage(last.position));
    if (this.faults.caughtUp) await outlet.send(caughtUpMessage());
  }
}

const appended = (log: TransactionLog, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      unwatch();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const unwatch = log.watch(done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener('abort', () => {
        resolve();
      });
  });
