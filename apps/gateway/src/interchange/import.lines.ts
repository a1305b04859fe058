import type { DomainError } from '#libs/kernel/src/errors.js';
import { problemOf } from '../http/problem.js';
import type { Entry, Result } from './import.plan.js';
import type { Refusal } from './import.survey.js';

const perProgress = 5000;

const line = (members: object): string => `${JSON.stringify(members)}\n`;

/** The result of one thing, as a line of the answer. */
const lineOf = ({ result, kind, name, place, id, changes, managedBy, source, problem }: Entry): string =>
  line({
    result,
    kind,
    name,
    ...place,
    ...(id !== undefined && { id }),
    ...(result === 'changed' && { changes }),
    ...(managedBy === null && { managed_by: null }),
    ...(problem && { problem: problemOf(problem) }),
    ...(Object.keys(source).length > 0 && { source }),
  });

/** The same for a row that could not be read. */
export const lineOfRefusal = ({ row, source, error }: Refusal): string =>
  line({
    result: 'refused',
    ...(row && { kind: row.kind, name: row.name, ...row.place }),
    problem: problemOf(error),
    source,
  });

/** How many things became what. */
export class Tally {
  private readonly counts: Record<Result, number> = {
    created: 0,
    changed: 0,
    unchanged: 0,
    retired: 0,
    refused: 0,
  };
  private done = 0;
  private lastTold = 0;

  constructor(private readonly total: number) {}

  add(result: Result): void {
    this.counts[result] += 1;
    this.done += 1;
  }

  /** The lines of some things and, now and then, how far it has come. */
  told(step: readonly Entry[]): string {
    for (const { result } of step) this.add(result);
    const lines = step.map(lineOf).join('');
    if (this.done - this.lastTold < perProgress) return lines;
    this.lastTold = this.done;
    return lines + line({ progress: { done: this.done, of: this.total } });
  }

  /** What was told of as about to be done is not going to be done. */
  giveUp(): void {
    for (const result of ['created', 'changed', 'retired'] as const) {
      this.done -= this.counts[result];
      this.counts[result] = 0;
    }
  }

  /** The last line: whether all was done that was asked for, and what kept the rest from being done. */
  summary(dryRun: boolean, problem: DomainError | undefined, cursor: string | null): string {
    const complete = problem === undefined && this.counts.refused === 0;
    const left = this.total - this.done;
    const stopped = problem && { problem: problemOf(problem), left };
    return line({ summary: { ...this.counts, dry_run: dryRun, complete, ...stopped, cursor } });
  }
}
