import { brokerName, connectionOf } from './amqp-url.js';

describe('the URL of a broker', () => {
  it.each(['amqp://h', 'amqp://h/', 'amqp://h/%2F', 'rabbit://h:5672/'])(
    'means the virtual host / in %s',
    (url) => {
      expect(connectionOf(url)).toMatchObject({ protocol: 'amqp', hostname: 'h', vhost: '%2F' });
    },
  );

  it('is taken apart and decoded', () => {
    expect(connectionOf('rabbit+ssl://a%40b:p%3Aw@[::1]:5671/a%2Fb?heartbeat=5')).toEqual({
      protocol: 'amqps',
      hostname: '::1',
      port: 5671,
      username: 'a@b',
      password: 'p:w',
      vhost: 'a%2Fb',
      heartbeat: 5,
    });
  });

  it('is named without what is secret in it', () => {
    expect(brokerName('amqp://user:secret@h:5672/prod?key=secret')).toBe('h:5672 (virtual host prod)');
  });

  it.each(['secret', 'http://secret@h', 'amqp://', 'amqp://user:secret@h:99999', 'amqp://u:secret%zz@h'])(
    'is refused without being repeated: %s',
    (url) => {
      expect(() => connectionOf(url)).toThrow(/address of the broker/);
      expect(() => connectionOf(url)).not.toThrow(/secret/);
    },
  );
});
