import type { Fault } from './faults.js';
import type { FleetOutcome, FleetServer } from './fleet.state.js';

const NO_HOST = 'No valid host was found. There are not enough hosts available.';

/** What becomes of a move of `server` to `destination`. Pure. */
export const outcomeOf = (
  { host, status }: FleetServer,
  kind: 'live' | 'cold',
  destination: string | null,
  fault: Fault | undefined,
): FleetOutcome => {
  const stays = { host, status, fault: null };
  if (destination === null) return { status: 'error', why: NO_HOST, server: stays };
  if (fault?.is === 'failing') return { status: 'error', why: fault.why, server: stays };
  if (fault?.is === 'breaking')
    return {
      status: 'error',
      why: fault.why,
      server: { host: destination, status: 'ERROR', fault: fault.why },
    };
  return kind === 'live'
    ? { status: 'completed', why: null, server: { ...stays, host: destination } }
    : { status: 'finished', why: null, server: { host: destination, status: 'VERIFY_RESIZE', fault: null } };
};
