import type shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import {
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
  status as grpcStatus,
} from '@grpc/grpc-js';
import { asServiceError, type Calls } from './calls.js';
import { type Faults, refused } from './faults.js';
import type { Expectation, Proposed, TransactionLog } from './log.js';
import {
  addressed,
  appendAnswer,
  batchAnswer,
  proposedOf,
  streamNameOf,
  timeoutProblem,
} from './messages.js';

type BatchCall = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;
type AppendCall = ServerReadableStream<streams.AppendReq, streams.AppendResp>;

interface Pending {
  readonly stream: string;
  readonly expected: Expectation;
  readonly deadline: Date | undefined;
  readonly events: Proposed[];
}

const batchExpectation = (options: streams.BatchAppendReq.Options): Expectation => {
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasStreamExists()) return 'stream_exists';
  return options.hasStreamPosition() ? Number(options.getStreamPosition()) : 'any';
};

const appendExpectation = (options: streams.AppendReq.Options): Expectation => {
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasStreamExists()) return 'stream_exists';
  return options.hasRevision() ? Number(options.getRevision()) : 'any';
};

/** The two calls that write: the shared bidirectional one, and the older one. */
export class Appends {
  private readonly batches = new Set<BatchCall>();

  constructor(
    private readonly log: TransactionLog,
    private readonly faults: Faults,
    private readonly calls: Calls,
  ) {}

  /** Ends the shared calls with OK while appends may be under way. */
  halfClose(): void {
    for (const call of this.batches) call.end();
  }

  readonly batchAppend = (call: BatchCall): void => {
    const end = this.calls.begin('batchAppend', call);
    const pending = new Map<string, Pending>();
    this.batches.add(call);
    const forget = () => {
      this.batches.delete(call);
      end();
    };
    call.on('cancelled', forget);
    call.on('error', forget);
    call.on('data', (request: streams.BatchAppendReq) => void this.receive(call, pending, request));
    call.on('end', () => {
      forget();
      call.end();
    });
  };

  readonly append = (call: AppendCall, answer: sendUnaryData<streams.AppendResp>): void => {
    const end = this.calls.begin('append', call);
    let options: streams.AppendReq.Options | undefined;
    const events: Proposed[] = [];
    call.on('data', (request: streams.AppendReq) => {
      options ??= request.getOptions();
      const message = request.getProposedMessage();
      if (message) events.push(proposedOf(message));
    });
    call.on('end', () => {
      end();
      if (options) void this.finish(options, events, answer);
    });
  };

  private async receive(
    call: BatchCall,
    pending: Map<string, Pending>,
    request: streams.BatchAppendReq,
  ): Promise<void> {
    const correlation = request.getCorrelationId();
    const append = this.collect(pending, request);
    if (!request.getIsFinal() || !append) return;
    pending.delete(correlation?.getString() ?? '');
    try {
      if (await this.calls.admit()) this.decide(call, append, correlation);
    } catch (error) {
      call.emit('error', asServiceError(error));
    }
  }

  private collect(pending: Map<string, Pending>, request: streams.BatchAppendReq): Pending | undefined {
    const id = request.getCorrelationId()?.getString() ?? '';
    const options = request.getOptions();
    if (options)
      pending.set(id, {
        stream: streamNameOf(options.getStreamIdentifier()),
        expected: batchExpectation(options),
        deadline: options.getDeadline()?.toDate(),
        events: [],
      });
    const append = pending.get(id);
    append?.events.push(...request.getProposedMessagesList().map(proposedOf));
    return append;
  }

  private decide(call: BatchCall, append: Pending, correlation: shared.UUID | undefined): void {
    const { stream, expected, events, deadline } = append;
    const late = deadline !== undefined && deadline.getTime() < Date.now() + this.faults.clockAheadMs;
    const answer = late
      ? new streams.BatchAppendResp().setError(timeoutProblem())
      : batchAnswer(this.log.append(stream, expected, events), expected, this.faults.appendPositions);
    if (!this.faults.loseReplies && !call.cancelled && !call.writableEnded)
      call.write(addressed(answer, stream, correlation));
  }

  private async finish(
    options: streams.AppendReq.Options,
    events: readonly Proposed[],
    answer: sendUnaryData<streams.AppendResp>,
  ): Promise<void> {
    try {
      if (!(await this.calls.admit())) return;
      const expected = appendExpectation(options);
      const outcome = this.log.append(streamNameOf(options.getStreamIdentifier()), expected, events);
      if (outcome.type === 'too-large')
        throw refused(grpcStatus.INVALID_ARGUMENT, 'Maximum Append Size Exceeded', {
          exception: 'maximum-append-size-exceeded',
          'maximum-append-size': `${outcome.limit}`,
        });
      if (!this.faults.loseReplies) answer(null, appendAnswer(outcome, expected));
    } catch (error) {
      answer(asServiceError(error));
    }
  }
}
