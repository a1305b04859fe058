/** A fact of the past. `data` holds JSON only, camelCase, times as ISO 8601 strings in UTC, never a secret. */
export interface Event<Type extends string = string, Data extends object = object> {
  readonly type: Type;
  readonly data: Data;
}

/** Who did it. `projectId` is the project the actor spoke for, not necessarily the owner of what was changed. */
export interface Actor {
  readonly userId: string;
  readonly username: string;
  readonly projectId: string;
}

/** The first outcome of a request that came with an `Idempotency-Key`; recorded with its first event. */
export interface RequestMark {
  readonly key: string;
  /** SHA-256 over method, path and body: the same key with another request is refused. */
  readonly fingerprint: string;
  /** Identifier of the resource that the request made or changed. */
  readonly subject: string;
}

/** What every event carries beside its data. */
export interface Metadata {
  readonly actor: Actor;
  /** The project whose slice the subject belongs to; notifications are addressed to it. */
  readonly projectId: string;
  /** The same for everything that one request set in motion. */
  readonly correlationId: string;
  /** Identifier of the request or event that this one follows from. */
  readonly causationId: string;
  readonly commandId: string;
  /** Why, in the words of the person who did it. */
  readonly reason?: string;
  readonly request?: RequestMark;
}

/** Opaque position in the whole log. Cursors of one store sort as strings in log order. */
export type Cursor = string & { readonly __cursor: unique symbol };

/** An event as the log returns it. `revision` is its 0-based number in its stream. */
export type Recorded<E extends Event = Event> = E & {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly recordedAt: Date;
  readonly cursor: Cursor;
  readonly metadata: Metadata;
};
