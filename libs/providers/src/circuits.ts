import type { Clock } from '#libs/platform/src/clock.js';
import { pauseMs } from './pause.js';

interface Circuit {
  readonly failures: number;
  /** Milliseconds since the epoch: nobody asks before. */
  readonly until: number;
}

const patience = 3;
const mostPlaces = 1000;

/** Which places are not asked for a while, since they did not answer several times in a row. After a pause one question tries again. */
export class Circuits {
  private readonly places = new Map<string, Circuit>();

  constructor(private readonly clock: Clock) {}

  /** Whether the place may be asked now. Of those who ask after a pause, the first is told yes and the others wait for what comes of it. */
  admits(place: string): boolean {
    const circuit = this.places.get(place);
    if (!circuit || circuit.failures < patience) return true;
    const now = this.clock.now().getTime();
    if (now < circuit.until) return false;
    this.set(place, { ...circuit, until: now + pauseMs(circuit.failures - patience + 1) });
    return true;
  }

  /** Whether it had not been asked for a while. */
  succeeded(place: string): boolean {
    const { failures = 0 } = this.places.get(place) ?? {};
    this.places.delete(place);
    return failures >= patience;
  }

  /** Whether it is from now on not asked for a while. */
  failed(place: string): boolean {
    const failures = (this.places.get(place)?.failures ?? 0) + 1;
    const pause = failures < patience ? 0 : pauseMs(failures - patience + 1);
    this.set(place, { failures, until: this.clock.now().getTime() + pause });
    return failures === patience;
  }

  private set(place: string, circuit: Circuit): void {
    this.places.delete(place);
    this.places.set(place, circuit);
    for (const oldest of this.places.keys()) {
      if (this.places.size <= mostPlaces) return;
      this.places.delete(oldest);
    }
  }
}
