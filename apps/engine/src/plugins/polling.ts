import { setTimeout as sleep } from 'node:timers/promises';
import { CloudUnavailable } from '#libs/clouds/src/cloud.port.js';

const firstPauseMs = 50;
const longestPauseMs = 2000;

/** Undefined while the answer is still to be waited for. A cloud that cannot be asked just now is asked again. */
const asked = async <T>(probe: () => Promise<T | undefined>): Promise<T | undefined> => {
  try {
    return await probe();
  } catch (error) {
    if (error instanceof CloudUnavailable) return undefined;
    throw error;
  }
};

/** Asks until there is an answer; rejects when the signal is aborted. */
export const polled = async <T>(probe: () => Promise<T | undefined>, signal: AbortSignal): Promise<T> => {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 1.5)) {
    const answer = await asked(probe);
    if (answer !== undefined) return answer;
    await sleep(pauseMs, undefined, { signal });
  }
};
