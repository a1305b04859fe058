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

  it('trusts only proxies that are addresses or networks', () => {
    const trusted = (proxies: string) => readConfig({ CRATON_TRUST_PROXY: proxies }).CRATON_TRUST_PROXY;
    expect(readConfig({}).CRATON_TRUST_PROXY).toBeUndefined();
    expect(trusted('10.0.0.1,192.168.0.0/16,fd00::/8,::1')).toEqual([
      '10.0.0.1',
      '192.168.0.0/16',
      'fd00::/8',
      '::1',
    ]);
    for (const wrong of [
      'true',
      '*',
      '1',
      '10.0.0.0/33',
      'fd00::/129',
      '10.0.0.1/8/8',
      '10.0.0.1,',
      'fe80::1%eth0',
    ]) {
      expect(() => trusted(wrong)).toThrow(/CRATON_TRUST_PROXY must be/);
    }
  });

  it('lets providers of variables reach names, addresses and networks', () => {
    const allowed = (places: string) => readConfig({ CRATON_PROVIDER_ALLOW: places }).CRATON_PROVIDER_ALLOW;
    expect(readConfig({}).CRATON_PROVIDER_ALLOW).toBeUndefined();
    expect(allowed('cmdb.example,10.0.0.0/8,::1')).toEqual(['cmdb.example', '10.0.0.0/8', '::1']);
    for (const wrong of ['*', '10.0.0.0/33', '10.0.0', 'http://cmdb.example', 'a,', '[::1]', 'a b'])
      expect(() => allowed(wrong)).toThrow(/CRATON_PROVIDER_ALLOW must be/);
  });

  it('has the cloud worked on for all projects, or for those with the ids that are named', () => {
    const projects = (ids: string) => readConfig({ CRATON_CLOUD_PROJECTS: ids }).CRATON_CLOUD_PROJECTS;
    const [one, two] = ['018f2c5e-0000-7000-8000-000000000001', '018f2c5e-0000-7000-8000-00000000000A'];
    expect(readConfig({}).CRATON_CLOUD_PROJECTS).toEqual(['*']);
    expect(projects('*')).toEqual(['*']);
    expect(projects(`${one},${two}`)).toEqual([one, two]);
    for (const wrong of ['all', `${one},*`, `${one},`, `${one}, ${two}`, ',', one.slice(1)])
      expect(() => projects(wrong)).toThrow(/\n- CRATON_CLOUD_PROJECTS must be [^\n]*$/);
  });

  it.each([
    ['CRATON_HTTP_PORT', 'abc'],
    ['CRATON_HTTP_PORT', '65536'],
    ['CRATON_IMPORT_ROWS', '1.5'],
    ['CRATON_AMQP_URL', 'amqp://user:secret@host:99999/'],
    ['CRATON_AMQP_URL', 'amqp://user:secret%@host/'],
    ['CRATON_AMQP_URL', 'amqp://host/%'],
    ['CRATON_AMQP_URL', 'http://host/'],
  ])('says one thing of one that is wrong: %s=%s', (name, value) => {
    const wrong = () => readConfig({ [name]: value });
    expect(wrong).toThrow(new RegExp(`^the configuration is wrong:\n- ${name} must be [^\n]*$`));
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
