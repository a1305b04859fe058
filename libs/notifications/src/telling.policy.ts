import type { Event, Recorded } from '#libs/kernel/src/event.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { MaintainedHost } from '#libs/maintenance/src/window.events.js';

/** What is said about a fact, before it is wrapped for the bus. `payload` is flat; text beyond 255 characters may be cropped by readers. */
export interface Notification {
  readonly eventType: string;
  readonly payload: JsonObject;
}

export type Teller<E extends Event> = (event: Recorded<E>) => readonly Notification[];
type Members<E extends Event> = readonly (keyof E['data'] & string)[];

const subjects: Readonly<Record<string, string>> = {
  project: 'project_id',
  cloud: 'cloud_id',
  region: 'region_id',
  synchronisation: 'region_id',
  variables: 'owner_id',
  window: 'window_id',
  workflow: 'workflow_id',
  run: 'run_id',
};

export const subject = (stream: string): JsonObject => {
  const dash = stream.indexOf('-');
  return { [subjects[stream.slice(0, dash)] ?? 'subject_id']: stream.slice(dash + 1) };
};

const snake = (member: string) => member.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The words of the fact itself come before those of the person who brought it about. */
const circumstances = (
  event: Recorded,
  words: { readonly at?: string; readonly reason?: string | null },
): JsonObject => ({
  revision: event.revision,
  cursor: event.cursor,
  occurred_at: words.at ?? event.recordedAt.toISOString(),
  actor: event.metadata.actor.username,
  actor_id: event.metadata.actor.userId,
  reason: words.reason ?? event.metadata.reason ?? null,
});

export const notification = (eventType: string, event: Recorded, members: JsonObject): Notification => ({
  eventType,
  payload: {
    project_id: event.metadata.projectId,
    ...subject(event.stream),
    ...members,
    ...circumstances(event, event.data),
  },
});

/** Only the members that are named travel: what a fact gains later, a secret perhaps, stays inside until it is named here. */
export const tell = <E extends Event>(eventType: string, ...members: Members<E>): Teller<E> => {
  const names = members.map((member) => [snake(member), member] as const);
  return (event) => {
    const data: Readonly<Record<string, Json>> = event.data as JsonObject;
    const picked = Object.fromEntries(names.map(([name, member]) => [name, data[member] ?? null]));
    return [notification(eventType, event, picked)];
  };
};

export const hostOf = (host: MaintainedHost | null): JsonObject => ({
  host_id: host?.hostId ?? null,
  region_id: host?.regionId ?? null,
  host: host?.name ?? null,
});

export const tellOfHost = <E extends Event<string, { host: MaintainedHost | null }>>(
  eventType: string,
  ...members: Members<E>
): Teller<E> => {
  const plain = tell<E>(eventType, ...members);
  return (event) =>
    plain(event).map(({ payload }) => ({ eventType, payload: { ...payload, ...hostOf(event.data.host) } }));
};
