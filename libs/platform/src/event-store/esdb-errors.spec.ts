import { appendError, isOutage, readError } from './esdb-errors.js';
import {
  AppendOutcomeUnknown,
  AppendTooLarge,
  StoreUnavailable,
  StreamNotFound,
  WrongRevision,
} from './event-store.errors.js';

const clientError = (members: object, message = 'said') => Object.assign(new Error(message), members);
const conflict = (members: object) =>
  clientError({
    type: 'wrong-expected-version',
    streamName: 'tested-1',
    expectedVersion: 4n,
    actualVersion: 7n,
    ...members,
  });

describe('an error of an append', () => {
  it.each([
    ['the answer that the revision is another', conflict({}), WrongRevision],
    ['such an answer about another stream', conflict({ streamName: 'tested-2' }), AppendOutcomeUnknown],
    [
      'the answer that it is too large',
      clientError({ type: 'maximum-append-size-exceeded' }),
      AppendTooLarge,
    ],
    ['the answer that the user may not', clientError({ type: 'access-denied' }), StoreUnavailable],
    [
      'the end of the call because the user may not',
      clientError({ type: 'access-denied', code: 16 }),
      AppendOutcomeUnknown,
    ],
    ['the end of the call', clientError({ type: 'unavailable', code: 14 }), AppendOutcomeUnknown],
    [
      'the end of the call for no known reason',
      clientError({ type: 'unknown', code: 2 }),
      AppendOutcomeUnknown,
    ],
    ['the change of the leader', clientError({ type: 'not-leader', code: 5 }), AppendOutcomeUnknown],
    ['the deadline', clientError({ type: 'deadline-exceeded' }), AppendOutcomeUnknown],
    ['what the client says before it sends', clientError({ code: 14 }), StoreUnavailable],
    ['a cluster that is not found', new Error('Failed to discover after 10 attempts.'), StoreUnavailable],
    ['anything else', new TypeError('x is undefined'), AppendOutcomeUnknown],
    ['what is no error', 'nonsense', AppendOutcomeUnknown],
  ])('that is %s is told as what it means', (_, error, meaning) => {
    expect(appendError(error, 'tested-1', 4)).toBeInstanceOf(meaning);
  });

  it('names the actual revision, unless the server is one that does not know', () => {
    expect(appendError(conflict({}), 'tested-1', 4)).toMatchObject({ actual: 7, expected: 4 });
    expect(appendError(conflict({ actualVersion: 'no_stream' }), 'tested-1', 4)).toMatchObject({
      actual: 'no_stream',
    });
    const old = conflict({ expectedVersion: 'any', actualVersion: 'no_stream' });
    expect(appendError(old, 'tested-1', 4)).toMatchObject({ actual: undefined, expected: 4 });
  });

  it('keeps the original as its cause', () => {
    const error = clientError({ type: 'unavailable', code: 14 }, 'connection dropped');
    expect(appendError(error, 'tested-1', 'any')).toMatchObject({
      cause: error,
      message: expect.stringContaining('connection dropped') as string,
    });
  });
});

describe('an error of a read', () => {
  it('is a missing stream only where a stream was asked for', () => {
    const missing = clientError({ type: 'stream-not-found' });
    expect(readError(missing, 'tested-1')).toBeInstanceOf(StreamNotFound);
    expect(readError(missing, undefined)).toBeInstanceOf(StoreUnavailable);
  });

  it('is an outage otherwise', () => {
    expect(isOutage(readError(clientError({ type: 'unknown', code: 13 }), 'tested-1'))).toBe(true);
    expect(isOutage(readError(clientError({ type: 'stream-not-found' }), 'tested-1'))).toBe(false);
  });
});
