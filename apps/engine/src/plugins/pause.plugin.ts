import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { Clock } from '#libs/platform/src/clock.js';
import { type StepContext, StepPlugin, StepRefused } from '#libs/workflows/src/step-plugin.port.js';
import { pauseInput } from '#libs/workflows/src/work.schemas.js';

/** Waits until so many seconds have passed since the first attempt was begun. */
@Injectable()
export class Pause extends StepPlugin {
  override readonly name = 'pause';
  override readonly inputSchema = pauseInput;

  constructor(private readonly clock: Clock) {
    super();
  }

  override async perform(input: JsonObject, context: StepContext): Promise<Json> {
    const until = endOf(input, context);
    if (until > context.deadline.getTime())
      throw new StepRefused(`a pause of ${Number(input['seconds'])} s does not fit into the step's deadline`);
    // A clock that was set back must not have it wait for longer than it was asked to.
    const rest = Math.min(until - this.clock.now().getTime(), Number(input['seconds']) * 1000);
    if (rest > 0) await sleep(rest, undefined, { signal: context.signal });
    return { until: new Date(until).toISOString() };
  }

  override reconcile(input: JsonObject, context: StepContext): Promise<Json | undefined> {
    const until = endOf(input, context);
    const isOver = this.clock.now().getTime() >= until;
    return Promise.resolve(isOver ? { until: new Date(until).toISOString() } : undefined);
  }
}

const endOf = ({ seconds }: JsonObject, { startedAt }: StepContext): number =>
  startedAt.getTime() + Number(seconds) * 1000;
