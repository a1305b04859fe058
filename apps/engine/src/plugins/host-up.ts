import type { Cloud } from '#libs/clouds/src/cloud.port.js';
import { DeadlineReached, type StepContext, StepRefused } from '#libs/workflows/src/step-plugin.port.js';
import { polled } from './polling.js';

/** Waits for a host's agent; refused at the deadline, since waiting just as long again would only delay telling somebody. */
export const untilUp = async (
  cloud: Cloud,
  host: string,
  { signal, deadline }: StepContext,
): Promise<void> => {
  try {
    await polled(async () => ((await cloud.host(host, signal)).up ? true : undefined), signal);
  } catch (error) {
    if (signal.reason instanceof DeadlineReached)
      throw new StepRefused(`the agent of ${host} was not alive by ${deadline.toISOString()}`, {
        cause: error,
      });
    throw error;
  }
};
