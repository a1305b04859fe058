/** How long requests may take to arrive, in milliseconds. */
export interface Patience {
  /** The body, once the head is there; the head has as long itself. */
  bodyMs: number;
  /** A body that is an upload: between one part of it and the next. */
  idleMs: number;
  /** All of an upload. */
  uploadMs: number;
}

export const patienceFor = (uploadSeconds = 600): Patience => ({
  bodyMs: 30_000,
  idleMs: 30_000,
  uploadMs: uploadSeconds * 1000,
});

declare module 'fastify' {
  interface FastifyInstance {
    readonly patience: Patience;
  }
}
