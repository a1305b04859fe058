import { negotiate } from './microversion.js';

const document = (min_version: string, version: string) => ({
  version: { id: 'v2.1', min_version, version },
});

describe('the negotiation with Nova', () => {
  it.each([
    ['2.1', '2.93', '2.84'],
    ['2.1', '2.84', '2.84'],
    ['2.1', '2.79', '2.79'],
    ['2.1', '2.53', '2.53'],
    ['2.60', '2.100', '2.84'],
  ])('finds out of %s to %s %s', (lowest, highest, agreed) => {
    expect(negotiate(document(lowest, highest))).toBe(agreed);
  });

  it('says which Nova is too old or too new', () => {
    expect(() => negotiate(document('2.1', '2.52'))).toThrow(/speaks 2\.1 to 2\.52, but .* 2\.53 to 2\.84/);
    expect(() => negotiate(document('2.90', '2.99'))).toThrow(/speaks 2\.90 to 2\.99/);
  });

  it.each([
    undefined,
    {},
    '',
    { version: null },
    { version: { version: '', min_version: '' } },
    { version: 7 },
  ])('does not take %j for a Nova', (body) => {
    expect(() => negotiate(body)).toThrow(/does not answer as Nova/);
  });
});
