import { readConfig } from './config.js';

describe('the configuration', () => {
  it('has a default for everything that the embedded system needs', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      CRATON_HTTP_PORT: 7780,
      CRATON_CLOUD: 'simulated',
      CRATON_NOTIFICATION_TOPICS: ['notifications'],
    });
    expect(config.eventStore).toBe('sqlite:./data/events.db');
  });

  it('reads numbers, flags and lists', () => {
    const config = readConfig({
      CRATON_HTTP_PORT: '0',
      CRATON_NOTIFICATION_DURABLE: 'true',
      CRATON_NOTIFICATION_TOPICS: 'notifications,vitrage_notifications',
      CRATON_AMQP_URL: '',
    });
    expect(config).toMatchObject({
      CRATON_HTTP_PORT: 0,
      CRATON_NOTIFICATION_DURABLE: true,
      CRATON_NOTIFICATION_TOPICS: ['notifications', 'vitrage_notifications'],
    });
    expect(config.CRATON_AMQP_URL).toBeUndefined();
  });

  it('names everything that is wrong at once, without repeating a value', () => {
    const wrong = () =>
      readConfig({
        CRATON_HTTP_PORT: 'secret',
        CRATON_CLOUD: 'nova',
        CRATON_HTPP_PORT: '1',
        CRATON_AMQP_URL: 'secret',
      });
    expect(wrong).toThrow(
      /CRATON_HTTP_PORT[\s\S]*CRATON_AMQP_URL[\s\S]*OS_AUTH_URL[\s\S]*CRATON_HTPP_PORT is not known/,
    );
    expect(wrong).not.toThrow(/secret/);
  });
});
