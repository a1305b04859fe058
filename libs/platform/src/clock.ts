/** Where time comes from. Deciders never see it: what they need to know of it is in the command. */
export abstract class Clock {
  abstract now(): Date;
}

export class SystemClock extends Clock {
  override now(): Date {
    return new Date();
  }
}
