import type { Instance } from '../cloud.port.js';

export interface Server extends Instance {
  /** What went wrong, when its status is ERROR. */
  readonly fault: string | null;
}

export const toInstance = ({ id, name, projectId, host, status, task }: Server): Instance => ({
  id,
  name,
  projectId,
  host,
  status,
  task,
});

export interface Migration {
  readonly id: string;
  /** `other` is not ours to end: an owner's resize, an evacuation. */
  readonly kind: 'live' | 'cold' | 'other';
  /** `unconfirmed`: the instance is there and runs, but may still be taken back. */
  readonly state: 'under-way' | 'unconfirmed' | 'confirming' | 'done' | 'failed';
  /** The cloud's own word for it. */
  readonly status: string;
  readonly source: string | null;
}

/**
 * The few calls that a move is made of, as a cloud offers them: starting answers before anything has happened. Rejects with
 * `CloudRefused` or `CloudUnavailable`; after the latter an effect that was asked for may have happened.
 */
export interface Compute {
  server(id: string, signal: AbortSignal): Promise<Server | undefined>;
  /** Newest first. */
  migrations(serverId: string, signal: AbortSignal): Promise<readonly Migration[]>;
  /** Resolves with the request's identifier, when there is one, that `failure` knows it by. */
  start(serverId: string, mode: 'live' | 'cold', signal: AbortSignal): Promise<string | undefined>;
  confirm(serverId: string, signal: AbortSignal): Promise<void>;
  callOff(serverId: string, migration: Migration, signal: AbortSignal): Promise<void>;
  /** Why the request (or else the newest move) came to nothing; undefined when it did not, as far as is known. */
  failure(serverId: string, request: string | undefined, signal: AbortSignal): Promise<string | undefined>;
}
