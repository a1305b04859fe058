import { recorded } from '#test/support/facts.js';
import { notify } from './notification.policy.js';
import { addressed, encode, queueOf } from './oslo.js';

const event = recorded('HostMaintenanceBegan');
const notification = notify(event)[0]!;
const decode = (body: Buffer) => {
  const envelope = JSON.parse(body.toString()) as Record<string, string>;
  return { envelope, inner: JSON.parse(envelope['oslo.message']!) as Record<string, unknown> };
};

describe('an oslo.messaging notification', () => {
  it('is a string of JSON inside an envelope of version 2.0', () => {
    const { envelope, inner } = decode(encode(addressed(event, notification, 'craton.h1')));
    expect(Object.keys(envelope)).toEqual(['oslo.version', 'oslo.message']);
    expect(envelope['oslo.version']).toBe('2.0');
    expect(inner).toEqual({
      message_id: event.id,
      publisher_id: 'craton.h1',
      event_type: 'maintenance.host',
      priority: 'INFO',
      payload: notification.payload,
      timestamp: '2026-11-22 14:42:40.005000',
      _unique_id: expect.stringMatching(/^[\da-f]{32}$/),
      _context_project_id: event.metadata.projectId,
      _context_user_id: event.metadata.actor.userId,
      _context_user_name: 'kim',
      _context_request_id: `req-${event.metadata.correlationId}`,
      _context_roles: [],
      _context_is_admin: false,
    });
  });

  it('keeps its id and changes its unique id each time it is sent', () => {
    const message = addressed(event, notification, 'craton');
    const [first, second] = [decode(encode(message)).inner, decode(encode(message)).inner];
    expect(second['message_id']).toBe(first['message_id']);
    expect(second['_unique_id']).not.toBe(first['_unique_id']);
  });

  it('has an id of its own, always the same, when it is not the first of its event', () => {
    const second = () => addressed(event, notification, 'craton', false).messageId;
    expect(second()).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(second()).not.toBe(event.id);
    expect(second()).toBe(second());
  });

  it('leaves out of the context what oslo would leave out', () => {
    const message = {
      ...addressed(event, notification, 'craton'),
      context: { user_id: 'u', auth_token: 'secret', password: 'secret' },
    };
    expect(decode(encode(message)).inner).toMatchObject({ _context_user_id: 'u' });
    expect(encode(message).toString()).not.toContain('secret');
  });

  it('is routed by topic and lower-case priority', () => {
    expect(queueOf('notifications')).toBe('notifications.info');
    expect(queueOf('t', 'ERROR')).toBe('t.error');
  });
});
