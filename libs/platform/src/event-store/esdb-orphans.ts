import { Subchannel } from '@grpc/grpc-js/build/src/subchannel.js';

/** What gRPC keeps to itself of one connection to one address. */
interface Inside {
  /** Channels that hold it. */
  readonly refcount: number;
  /** To be connected once more when the pause after a failure is over. */
  continueConnecting: boolean;
  handleBackoffTimer: (this: Inside) => void;
}

const inside = Subchannel.prototype as unknown as Inside;
const { handleBackoffTimer } = inside;

/**
 * Keeps gRPC from connecting for nobody. The client closes its channel after every failed call; the connection which had failed below
 * it is tried once more a second later and, when the server is back by then, stays open for as long as the process lives: an outage
 * would leave as many behind as calls had failed in its last second.
 */
export const leaveOrphansAlone = (): void => {
  inside.handleBackoffTimer = function () {
    if (this.refcount === 0) this.continueConnecting = false;
    handleBackoffTimer.call(this);
  };
};
