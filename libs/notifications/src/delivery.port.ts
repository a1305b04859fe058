/** How it goes with telling the bus. Without names of brokers: whoever asks for health need not be known. */
export interface DeliveryState {
  /** False while the broker is away: then notifications wait in the log, and nothing else does. */
  readonly connected: boolean;
  readonly detail: string;
  /** Since when telling fails; null while it does not. */
  readonly awaySince: Date | null;
  /** When the oldest event was recorded that is not with the broker yet; null when there is none. */
  readonly waitingSince: Date | null;
}

/** What a process says of the notifications that it publishes, when it does. */
export abstract class NotificationDelivery {
  /** Rejects when the log cannot be read. */
  abstract state(): Promise<DeliveryState>;
}
