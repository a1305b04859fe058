/** State of a host as the cloud sees it. */
export interface HostService {
  readonly host: string;
  /** Whether the scheduler may place instances on it. */
  readonly enabled: boolean;
  readonly disabledReason: string | null;
  /** Whether its agent is alive. */
  readonly up: boolean;
  /** Its availability zone; null where the cloud does not tell. */
  readonly zone: string | null;
}

/** A host as a list of all of them tells it. */
export interface ComputeHost extends HostService {
  /** IP address by which the cloud's own services reach it; null where the cloud does not tell. */
  readonly address: string | null;
  /** Names of the host aggregates that it is in, sorted; null where the cloud does not tell. */
  readonly aggregates: readonly string[] | null;
}

export interface Instance {
  readonly id: string;
  readonly name: string;
  /** The owner's project, as the cloud knows it. */
  readonly projectId: string;
  readonly host: string | null;
  /** Nova's server status, for example ACTIVE, SHUTOFF, VERIFY_RESIZE, MIGRATING, ERROR. */
  readonly status: string;
  /** What is being done to it, for example `migrating`; null when at rest. */
  readonly task: string | null;
}

export interface Move {
  readonly instanceId: string;
  readonly from: string;
  /** Null when it is gone, or on no host any more. */
  readonly to: string | null;
  readonly mode: 'live' | 'cold';
}

/** The cloud cannot be asked now; the same call may succeed later. */
export class CloudUnavailable extends Error {
  override readonly name = 'CloudUnavailable';
}

/** The cloud answered no, or what was accepted did not come true: the message says what and why. */
export class CloudRefused extends Error {
  override readonly name = 'CloudRefused';
}

/**
 * What runs on hosts, and the few things that maintenance does to it. Every call ends by `signal`; every effect can be asked
 * for again after a crash without doing it twice: what is true already is left alone.
 */
export abstract class Cloud {
  /** Every compute host the cloud knows; `CloudUnavailable` while it cannot tell of all of them. */
  abstract hosts(signal: AbortSignal): Promise<readonly ComputeHost[]>;
  /** Rejects with `CloudRefused` when the cloud knows no such host. */
  abstract host(name: string, signal: AbortSignal): Promise<HostService>;
  /** No new instances on it. A host that is disabled already is left as it is, its reason included. */
  abstract disable(name: string, reason: string, signal: AbortSignal): Promise<HostService>;
  abstract enable(name: string, signal: AbortSignal): Promise<HostService>;
  /** Every instance on it, of all projects, those on their way in or out included. */
  abstract instances(host: string, signal: AbortSignal): Promise<readonly Instance[]>;
  /** Undefined when the instance is gone. */
  abstract instance(id: string, signal: AbortSignal): Promise<Instance | undefined>;
  /**
   * Moves one instance off `from` and resolves when it is at rest elsewhere. An instance that is gone or elsewhere already is
   * done; one that is on its way is waited for, not moved again. On abort the migration is called off, so that
   * the instance is at rest where it was; then `CloudRefused`.
   */
  abstract move(instanceId: string, from: string, mode: 'live' | 'cold', signal: AbortSignal): Promise<Move>;
}
