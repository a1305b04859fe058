/** What a task that publishes is told. */
export interface Publishing {
  readonly log: string;
  readonly dataDir: string;
  readonly url: string;
  readonly exchange: string;
  readonly topic: string;
  /** So many messages go first, while the code that sends them is being compiled. */
  readonly skipped: number;
}
