export type ErrorCode =
  | 'validation-failed'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'already-exists'
  | 'illegal-state'
  | 'wrong-revision'
  | 'idempotency-key-reused'
  | 'payload-too-large'
  | 'unsupported-media-type'
  | 'constraint-breached'
  | 'too-many-requests'
  | 'unavailable';

/** One thing that is wrong with a request: where (a member's path) and what. */
export interface Violation {
  readonly member: string;
  readonly message: string;
}

/** The one error that a caller can do something about. Its message is a lower-case sentence that names the thing. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly violations: readonly Violation[];
  /** When it may be worth another try; undefined when nobody knows. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: ErrorOptions & {
      readonly violations?: readonly Violation[];
      readonly retryAfterSeconds?: number;
    } = {},
  ) {
    super(message, options);
    this.name = 'DomainError';
    this.code = code;
    this.violations = options.violations ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
