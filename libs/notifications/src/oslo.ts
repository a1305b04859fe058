import { randomUUID } from 'node:crypto';
import { v5 } from 'uuid';
import type { Recorded } from '#libs/kernel/src/event.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { Notification } from './notification.policy.js';

/** One message of oslo.messaging before it is put on a topic. */
export interface OsloMessage {
  /** A UUID; the same on every topic and every time it is sent. */
  readonly messageId: string;
  readonly publisherId: string;
  readonly eventType: string;
  readonly priority: string;
  readonly payload: Json;
  readonly timestamp: Date;
  /** Without the prefix `_context_`; what is not on oslo's list of safe names is left out. */
  readonly context: JsonObject;
}

// Oslo's own list: anything else in a request context, a token above all, never leaves the process.
const safeInContext = new Set(
  [
    'user_id project_id domain_id user_domain_id project_domain_id is_admin request_id roles user_name',
    'project_name domain_name user_domain_name project_domain_name service_user_id service_user_domain_id',
    'service_user_domain_name service_project_id service_project_name service_project_domain_id',
    'service_project_domain_name service_roles global_request_id system_scope user domain user_domain',
    'project_domain',
  ].flatMap((line) => line.split(' ')),
);

/** Python's `str(datetime.utcnow())`: microseconds, UTC, no zone. */
const pythonTime = (time: Date): string => time.toISOString().replace('T', ' ').replace('Z', '000');

const contextMembers = (context: JsonObject): JsonObject => {
  const members: Record<string, Json> = {};
  for (const name in context)
    if (safeInContext.has(name)) members[`_context_${name}`] = context[name] as Json;
  return members;
};

/**
 * Addresses what is said about a fact to the project that the fact belongs to. The first notification of an event carries the
 * event's own id; further ones carry an id derived from it, so that a reader recognises a repeat of any of them.
 */
export const addressed = (
  event: Recorded,
  notification: Notification,
  publisherId: string,
  first = true,
): OsloMessage => ({
  messageId: first ? event.id : v5(notification.eventType, event.id),
  publisherId,
  eventType: notification.eventType,
  priority: 'INFO',
  payload: notification.payload,
  timestamp: event.recordedAt,
  context: {
    project_id: event.metadata.projectId,
    user_id: event.metadata.actor.userId,
    user_name: event.metadata.actor.username,
    request_id: `req-${event.metadata.correlationId}`,
    roles: [],
    is_admin: false,
  },
});

/** The 2.0 envelope, byte for byte as oslo.messaging's `messagingv2` driver has it. Each call makes a new `_unique_id`. */
export const encode = (message: OsloMessage): Buffer =>
  Buffer.from(
    JSON.stringify({
      'oslo.version': '2.0',
      'oslo.message': JSON.stringify({
        message_id: message.messageId,
        publisher_id: message.publisherId,
        event_type: message.eventType,
        priority: message.priority.toUpperCase(),
        payload: message.payload,
        timestamp: pythonTime(message.timestamp),
        _unique_id: randomUUID().replaceAll('-', ''),
        ...contextMembers(message.context),
      }),
    }),
  );

/** Queue and routing key of a topic. */
export const queueOf = (topic: string, priority = 'INFO'): string => `${topic}.${priority.toLowerCase()}`;
