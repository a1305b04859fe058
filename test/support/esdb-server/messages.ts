import shared from '@eventstore/db-client/generated/shared_pb.js';
import status from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Expectation, Outcome, Proposed, Stored } from './log.js';

const utf8 = new TextDecoder();
const ticksPerMillisecond = 10_000n;
/** What .NET's `Position.Unset` looks like on the wire. */
const unset = '18446744073709551615';

export const streamNameOf = (identifier: shared.StreamIdentifier | undefined): string =>
  utf8.decode(identifier?.getStreamName_asU8());

export const uuid = (text: string): shared.UUID => new shared.UUID().setString(text);

interface ProposedMessage {
  getId(): shared.UUID | undefined;
  getMetadataMap(): { get(name: string): string | undefined };
  getCustomMetadata_asU8(): Uint8Array;
  getData_asU8(): Uint8Array;
}

/** The server parses ids as GUIDs, which makes them lower case. */
export const proposedOf = (message: ProposedMessage): Proposed => ({
  id: (message.getId()?.getString() ?? '').toLowerCase(),
  type: message.getMetadataMap().get('type') ?? '',
  contentType: message.getMetadataMap().get('content-type') ?? '',
  data: message.getData_asU8(),
  metadata: message.getCustomMetadata_asU8(),
});

const identifier = (stream: string): shared.StreamIdentifier =>
  new shared.StreamIdentifier().setStreamName(Buffer.from(stream).toString('base64'));

export const eventMessage = (event: Stored, positions: boolean): streams.ReadResp => {
  const position = positions ? `${event.position}` : unset;
  const record = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(uuid(event.id))
    .setStreamIdentifier(identifier(event.stream))
    .setStreamRevision(`${event.revision}`)
    .setPreparePosition(position)
    .setCommitPosition(position)
    .setCustomMetadata(event.metadata)
    .setData(event.data);
  record
    .getMetadataMap()
    .set('type', event.type)
    .set('content-type', event.contentType)
    .set('created', `${BigInt(event.createdMs) * ticksPerMillisecond}`);
  const read = new streams.ReadResp.ReadEvent().setEvent(record).setCommitPosition(position);
  return new streams.ReadResp().setEvent(read);
};

export const checkpointMessage = (position: bigint): streams.ReadResp =>
  new streams.ReadResp().setCheckpoint(
    new streams.ReadResp.Checkpoint().setCommitPosition(`${position}`).setPreparePosition(`${position}`),
  );

export const confirmationMessage = (id: string): streams.ReadResp =>
  new streams.ReadResp().setConfirmation(
    new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(id),
  );

export const caughtUpMessage = (): streams.ReadResp =>
  new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());

export const streamNotFoundMessage = (stream: string): streams.ReadResp =>
  new streams.ReadResp().setStreamNotFound(
    new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifier(stream)),
  );

/** The older call's answer; a size refusal is an error of the call there. */
export const appendAnswer = (
  outcome: Exclude<Outcome, { type: 'too-large' }>,
  expected: Expectation,
): streams.AppendResp => {
  if (outcome.type === 'wrong') {
    const wrong = new streams.AppendResp.WrongExpectedVersion();
    if (outcome.current === undefined) wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(`${outcome.current}`);
    if (expected === 'stream_exists') wrong.setExpectedStreamExists(new shared.Empty());
    else if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
    else if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
    else wrong.setExpectedRevision(`${expected}`);
    return new streams.AppendResp().setWrongExpectedVersion(wrong);
  }
  const { revision, position } = outcome.last;
  const at = new streams.AppendResp.Position()
    .setCommitPosition(`${position}`)
    .setPreparePosition(`${position}`);
  const success = new streams.AppendResp.Success().setCurrentRevision(`${revision}`).setPosition(at);
  return new streams.AppendResp().setSuccess(success);
};

const wrongVersion = (current: number | undefined, expected: Expectation): shared.WrongExpectedVersion => {
  const wrong = new shared.WrongExpectedVersion();
  if (current === undefined) wrong.setCurrentNoStream(new empty.Empty());
  else wrong.setCurrentStreamRevision(`${current}`);
  if (expected === 'stream_exists') wrong.setExpectedStreamExists(new empty.Empty());
  else if (expected === 'no_stream') wrong.setExpectedNoStream(new empty.Empty());
  else if (expected === 'any') wrong.setExpectedAny(new empty.Empty());
  else wrong.setExpectedStreamPosition(`${expected}`);
  return wrong;
};

const problem = (name: string, detail: { serializeBinary(): Uint8Array }): status.Status => {
  const details = new any.Any();
  details.pack(detail.serializeBinary(), `event_store.client.${name}`);
  return new status.Status().setMessage(name).setDetails(details);
};

export const timeoutProblem = (): status.Status => problem('Timeout', new shared.Timeout());

/** The answer of the shared call to one of its appends. */
export const batchAnswer = (
  outcome: Outcome,
  expected: Expectation,
  positions: boolean,
): streams.BatchAppendResp => {
  const answer = new streams.BatchAppendResp();
  if (outcome.type === 'wrong')
    return answer.setError(problem('WrongExpectedVersion', wrongVersion(outcome.current, expected)));
  if (outcome.type === 'too-large')
    return answer.setError(
      problem(
        'MaximumAppendSizeExceeded',
        new shared.MaximumAppendSizeExceeded().setMaxappendsize(outcome.limit),
      ),
    );
  const { revision, position } = outcome.last;
  const at = new shared.AllStreamPosition()
    .setCommitPosition(`${position}`)
    .setPreparePosition(`${position}`);
  const success = new streams.BatchAppendResp.Success().setCurrentRevision(`${revision}`);
  if (positions) success.setPosition(at);
  else success.setNoPosition(new empty.Empty());
  return answer.setSuccess(success);
};

/** An answer says which append it is for. */
export const addressed = (
  answer: streams.BatchAppendResp,
  stream: string,
  correlation: shared.UUID | undefined,
): streams.BatchAppendResp => {
  answer.setStreamIdentifier(identifier(stream));
  return answer.setCorrelationId(correlation);
};
