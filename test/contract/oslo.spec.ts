import { jest } from '@jest/globals';
import { notifyOnce } from '#apps/publisher/src/notify-once.js';
import { Bus, needsBroker } from '#test/support/bus.js';

jest.setTimeout(120_000);

const words = {
  event_type: 'maintenance.planned',
  priority: 'INFO',
  publisher_id: 'maintenance.conformance',
  payload: { session_id: 's-1', text: 'ü☃ "quoted" \\ \n', n: 1.5, null: null, list: [1, { a: true }] },
  context: { project_id: 'p-1', user_id: 'u-1', request_id: 'req-1', is_admin: true, roles: ['admin'] },
};

describe('one notification on the wire', () => {
  let bus: Bus;

  needsBroker();
  beforeEach(async () => {
    bus = await Bus.open();
  });
  afterEach(() => bus.close());
  const collected = async () => {
    const collector = await bus.collect();
    await collector.atLeast(1);
    return collector.deliveries[0]!;
  };

  it('is, byte for byte, what oslo.messaging would send', async () => {
    await notifyOnce(JSON.stringify(words), bus.environment);
    const { raw, notification } = await collected();
    const { message_id, timestamp, _unique_id } = notification;
    expect(message_id).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(timestamp).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
    expect(_unique_id).toMatch(/^[\da-f]{32}$/);
    const inner = {
      message_id,
      publisher_id: words.publisher_id,
      event_type: words.event_type,
      priority: 'INFO',
      payload: words.payload,
      timestamp,
      _unique_id,
      _context_project_id: 'p-1',
      _context_user_id: 'u-1',
      _context_request_id: 'req-1',
      _context_is_admin: true,
      _context_roles: ['admin'],
    };
    const body = JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': JSON.stringify(inner) });
    expect(raw.content.toString('utf8')).toBe(body);
  });

  it('takes the names that probes of oslo.messaging use, and their scheme', async () => {
    const environment = {
      OSH_TRANSPORT_URL: bus.url.replace('amqp:', 'rabbit:'),
      OSH_EXCHANGE: bus.exchange,
      OSH_TOPICS: bus.topic,
      OSH_DURABLE: 'false',
    };
    await notifyOnce(JSON.stringify({ ...words, priority: 'error' }), environment);
    expect(await bus.depth(bus.queue(`${bus.topic}.error`))).toBe(1);
  });

  it('never has a token in it', async () => {
    const context = { ...words.context, auth_token: 'secret', password: 'secret' };
    await notifyOnce(JSON.stringify({ ...words, context }), bus.environment);
    expect((await collected()).raw.content.toString()).not.toContain('secret');
  });

  it.each([
    ['secret', /not a JSON object/],
    ['[]', /not a JSON object/],
    ['{}', /event_type/],
    ['{"event_type":7}', /event_type/],
    ['{"event_type":"t","priority":"LOUD"}', /priority/],
    ['{"event_type":"t","publisher_id":""}', /publisher_id/],
    ['{"event_type":"t","context":[]}', /context/],
  ])('is not sent when it is %j', async (text, refusal) => {
    const sent = notifyOnce(text, bus.environment);
    await expect(sent).rejects.toThrow(refusal);
    await expect(sent).rejects.not.toThrow(/secret/);
    expect(await bus.depth()).toBeUndefined();
  });

  it('needs a broker', async () => {
    await expect(notifyOnce(JSON.stringify(words), {})).rejects.toThrow(/CRATON_AMQP_URL is not set/);
  });
});
