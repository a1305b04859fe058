import type { StepContext } from '#libs/workflows/src/step-plugin.port.js';
import { DeadlineReached } from '#libs/workflows/src/step-plugin.port.js';
import { nobody } from './event-log.js';

export interface TestContext extends StepContext {
  /** The attempt's time is over. */
  expire(): void;
}

/** What a plugin is told, for run `r1`. */
export const stepContext = (more: Partial<StepContext> = {}): TestContext => {
  const controller = new AbortController();
  return {
    key: 'r1/a/-/step',
    attempt: 1,
    runId: 'r1',
    projectId: nobody.projectId,
    actor: nobody.actor,
    correlationId: nobody.correlationId,
    startedAt: new Date(),
    signal: controller.signal,
    deadline: new Date(Date.now() + 60_000),
    expire: () => {
      controller.abort(new DeadlineReached('the time is over'));
    },
    ...more,
  };
};
