import { DomainError } from '#libs/kernel/src/errors.js';
import type { CommandMetadata, CommandRunner } from '#libs/platform/src/command-runner/command-runner.js';
import { mostBytes, mostEvents } from '#libs/platform/src/event-store/requests.js';
import { newId } from '#libs/platform/src/identifiers.js';
import { region, type RegionCommand } from './region.decider.js';
import { subjectOf } from './region-put-back.policy.js';

export type Cascading = Extract<RegionCommand, { cascade?: boolean }>;

/** Of a removal's own type, data and identifier. */
const bytesOfEvent = 256;

/** How many removals one append takes: each of them carries the reason and who did it. */
const mostOf = (metadata: object): number => {
  const bytes = Buffer.byteLength(JSON.stringify(metadata)) + bytesOfEvent;
  return Math.max(2, Math.min(mostEvents, Math.floor(mostBytes / bytes)));
};

const isStale = (error: unknown): boolean => error instanceof DomainError && error.code === 'wrong-revision';

/**
 * Takes away what hangs on a thing, leaves first and one append after the other, until what is left goes in one. Ended half way, it
 * goes on when it is asked for again. The thing itself, the mark of the request and the last part of the work are the command's.
 */
export class RegionEmptying {
  constructor(private readonly runner: CommandRunner) {}

  async before(id: string, cascading: Cascading, metadata: CommandMetadata): Promise<void> {
    const { request: _request, ...carried } = metadata;
    const thing = { id: subjectOf(cascading) || undefined, most: mostOf(metadata) };
    try {
      for (let part = 0, more = true; more; part += 1) {
        const command = { type: 'ThinOut', ...thing, begins: part === 0 } as const;
        const { events } = await this.runner.run(region, id, command, {
          ...carried,
          commandId: newId(),
        });
        more = events.length > 0;
      }
    } catch (error) {
      // Whether it was done before under the same identifier, the command itself is told.
      if (!isStale(error)) throw error;
    }
  }
}
