import { EsdbAddress } from './esdb-address.js';
import { InvalidArgument } from './event-store.errors.js';

const refusal = (address: string): string => {
  try {
    return new EsdbAddress(address).shown;
  } catch (error) {
    if (error instanceof InvalidArgument) return `refused: ${error.message}`;
    throw error;
  }
};

describe('the address of EventStoreDB', () => {
  it('keeps what it was given and adds what we rely on', () => {
    const address = new EsdbAddress('esdb://admin:secret@one:2113,two:2114/?tls=true&tlsCAFile=/ca.pem');
    expect(address.forClient).toBe(
      'esdb://admin:secret@one:2113,two:2114?tls=true&tlsCAFile=/ca.pem&defaultDeadline=120000' +
        '&nodePreference=leader&throwOnAppendFailure=true',
    );
    expect(new EsdbAddress('esdb+discover://cluster').forClient).toContain(
      'esdb+discover://cluster?defaultDeadline',
    );
  });

  it('keeps a deadline and a keep-alive that were chosen', () => {
    const chosen = new EsdbAddress('esdb://one?defaultDeadline=5000&keepAliveInterval=60000').forClient;
    expect(chosen).not.toContain('120000');
    expect(chosen).toContain('keepAliveInterval=60000&');
  });

  it('is shown without its credentials', () => {
    expect(new EsdbAddress('esdb://admin:secret@one:2113?tls=false').shown).toBe('esdb://one:2113');
  });

  it.each([
    'http://admin:secret@one:2113',
    'esdb://',
    'esdb://admin:secret@',
    '',
    'esdb://admin:secret@one?tlsVerifyCert=false',
    'esdb://admin:secret@one?throwOnAppendFailure=false',
    'esdb://admin:secret@one?nodePreference=follower',
    'esdb://admin:secret@one?keepAliveInterval=10',
    'esdb://admin:secret@one?tls',
  ])('%j is refused without showing a secret', (address) => {
    expect(refusal(address)).toMatch(/^refused: /);
    expect(refusal(address)).not.toContain('secret');
  });
});
