import { adoptApiKey, ApiKeys, digestOf, issueApiKey, keyIdOf } from './api-keys.js';

describe('an API key', () => {
  it('is a key id and a secret, of which only a salted hash is kept', async () => {
    const { keyId, token, hash } = await issueApiKey();
    expect(token).toMatch(/^[0-9a-f]{32}\.[\w-]{43}$/);
    expect(keyIdOf(token)).toBe(keyId);
    expect(hash).toMatch(/^scrypt\$16384\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect((await adoptApiKey(token)).hash).not.toBe(hash);
  });

  it('matches its own hash and no other', async () => {
    const keys = new ApiKeys();
    const [mine, other] = await Promise.all([issueApiKey(), issueApiKey()]);
    expect(await keys.verify(mine.token, mine.hash)).toBe(true);
    expect(await keys.verify(mine.token, other.hash)).toBe(false);
    expect(await keys.verify(mine.token, 'nonsense')).toBe(false);
  });

  it('is remembered once it was verified, for that hash only', async () => {
    const keys = new ApiKeys();
    const { token, hash } = await issueApiKey();
    expect(keys.remembers(digestOf(token), hash)).toBe(false);
    await keys.verify(token, hash);
    expect(keys.remembers(digestOf(token), hash)).toBe(true);
    expect(keys.remembers(digestOf(token), (await adoptApiKey(token)).hash)).toBe(false);
    expect(keys.remembers(digestOf(`${token}x`), hash)).toBe(false);
  });

  it('is not remembered when it was wrong', async () => {
    const keys = new ApiKeys();
    const { token, hash } = await issueApiKey();
    expect(await keys.verify(`${token.slice(0, -1)}!`, hash)).toBe(false);
    expect(keys.remembers(digestOf(`${token.slice(0, -1)}!`), hash)).toBe(false);
  });

  it('may be any text that was chosen elsewhere', async () => {
    const keys = new ApiKeys();
    const { keyId, hash } = await adoptApiKey('a key from a secret store');
    expect(keyId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-/);
    expect(keyIdOf('a key from a secret store')).toBe(keyId);
    expect(await keys.verify('a key from a secret store', hash)).toBe(true);
  });

  it('is verified once for many who ask at the same time, and a flood of guesses is turned away', async () => {
    const keys = new ApiKeys();
    const { token, hash } = await issueApiKey();
    expect(keys.verify(token, hash)).toBe(keys.verify(token, hash));
    const guesses = Array.from({ length: 80 }, (_, index) => keys.verify(`${token}${index}`, hash));
    const outcomes = await Promise.allSettled(guesses);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.reason).toMatchObject({ code: 'unavailable' });
    expect(outcomes.some((outcome) => outcome.status === 'fulfilled' && outcome.value)).toBe(false);
  }, 60_000);
});
