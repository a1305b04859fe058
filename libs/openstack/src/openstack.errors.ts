/** No usable answer came; the same call may succeed later, and an effect that was asked for may have happened. */
export class ServiceUnavailable extends Error {
  override readonly name = 'ServiceUnavailable';
}

/** The service answered no. `explanation` is what it said, when it said anything. */
export class ServiceRefused extends Error {
  override readonly name = 'ServiceRefused';

  constructor(
    readonly status: number,
    message: string,
    readonly explanation?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
