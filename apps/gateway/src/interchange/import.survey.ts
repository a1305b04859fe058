import type { FleetRecord, Read, RowProblem, Source } from '#libs/interchange/src/fleet-record.js';
import { isProblem } from '#libs/interchange/src/fleet-record.js';
import { isFatal } from '#libs/interchange/src/read-fleet.js';
import type { ImportedThing } from '#libs/inventory/src/import.policy.js';
import { DomainError, type Violation } from '#libs/kernel/src/errors.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import { isMask } from '#libs/kernel/src/masks.js';
import { demandWritableKeys } from '../access/variable-limits.js';
import type { Caller } from '../http/exchange.js';
import { isVariableKey } from '../http/json.js';
import { thingOf } from './import.rows.js';
import type { Kept, Spool } from './import.spool.js';

/** A record that was read and is right in itself. */
export interface Row extends ImportedThing {
  readonly source: Source;
  /** Its own variables, put aside. */
  readonly variables?: Kept;
}

/** A row that is not imported, and why. */
export interface Refusal {
  readonly row?: Pick<Row, 'kind' | 'name' | 'place'>;
  readonly source: Source;
  readonly error: DomainError;
}

/** All that a source holds. */
export interface Surveyed {
  readonly rows: readonly Row[];
  readonly refusals: readonly Refusal[];
  /** False when there may be more in the source than was read. */
  readonly whole: boolean;
  /** Of the keys whose values are to be secret: those that nothing has. */
  readonly unmet: readonly string[];
}

export interface Surveyor {
  readonly spool: Spool;
  readonly caller: Pick<Caller, 'variablePrefixes'>;
  readonly deviceType: string;
  /** Keys whose values are to be secret. */
  readonly secret: readonly string[] | undefined;
}

const mostVariables = 1000;
const mostVariablesBytes = 512 * 1024;

const refuse = (member: string, message: string): never => {
  throw new DomainError('validation-failed', `${member} ${message}`, { violations: [{ member, message }] });
};

/** What an export shows in place of a secret says nothing about it: such a variable stays as it is. */
const told = (variables: JsonObject): JsonObject =>
  Object.values(variables).some(isMask)
    ? Object.fromEntries(Object.entries(variables).filter(([, value]) => !isMask(value)))
    : variables;

const variablesText = (record: FleetRecord, caller: Surveyor['caller']): string | undefined => {
  const variables = told(record.variables);
  const keys = Object.keys(variables);
  if (keys.length === 0) return undefined;
  if (keys.length > mostVariables) refuse('variables', `must be at most ${mostVariables}`);
  if (!keys.every(isVariableKey))
    refuse('variables', 'must have names of 1 to 255 characters without control characters');
  demandWritableKeys(caller, keys);
  const text = JSON.stringify(variables);
  if (text.length > mostVariablesBytes || Buffer.byteLength(text) > mostVariablesBytes)
    refuse('variables', 'must be at most 512 KiB');
  return text;
};

const problemOf = ({ problem, source }: RowProblem): Refusal => ({
  source,
  error: new DomainError('validation-failed', problem),
});

const rowOf = (record: FleetRecord, { spool, caller, deviceType }: Surveyor): Row => {
  const thing = thingOf(record, deviceType);
  const text = variablesText(record, caller);
  const { source } = record;
  return text === undefined ? { ...thing, source } : { ...thing, source, variables: spool.keep(text) };
};

/** Reads a source to its end, checks every row by itself and puts the variables aside. Rejects only where the source breaks off. */
export const survey = async (reads: AsyncIterable<Read>, surveyor: Surveyor): Promise<Surveyed> => {
  const rows: Row[] = [];
  const refusals: Refusal[] = [];
  const unmet = new Set(surveyor.secret);
  let whole = true;
  for await (const read of reads) {
    if (isProblem(read)) {
      refusals.push(problemOf(read));
      whole &&= !isFatal(read);
      continue;
    }
    for (const key of unmet) if (Object.hasOwn(read.variables, key)) unmet.delete(key);
    try {
      rows.push(rowOf(read, surveyor));
      if (surveyor.spool.isFull) await surveyor.spool.flush();
    } catch (error) {
      if (!(error instanceof DomainError) || error.code === 'unavailable') throw error;
      refusals.push({ row: read, source: read.source, error });
    }
  }
  return { rows, refusals, whole, unmet: [...unmet] };
};

const mostNamed = 100;

const positionOf = ({ file, line, row, path }: Source): string =>
  [
    file,
    line === undefined ? undefined : `line ${line}`,
    line === undefined && row !== undefined ? `row ${row}` : undefined,
    path,
  ]
    .filter((part) => part !== undefined)
    .join(' ');

const violationsOf = ({ row, source, error }: Refusal): readonly Violation[] => {
  const name = row ? ` ${row.kind} ${row.name}` : '';
  const member = `${positionOf(source)}${name}`.trim();
  return error.violations.length === 0
    ? [{ member, message: error.message }]
    : error.violations.map((inner) => ({ member, message: `${inner.member} ${inner.message}`.trim() }));
};

/** What an import of all or nothing is refused with. */
export const refusedWith = (refusals: readonly Refusal[]): DomainError => {
  const codes = new Set(refusals.map(({ error }) => error.code));
  const [code = 'validation-failed', ...others] = codes;
  return new DomainError(
    others.length === 0 ? code : 'validation-failed',
    `nothing is imported, since ${refusals.length} of the rows cannot be`,
    { violations: refusals.slice(0, mostNamed).flatMap(violationsOf).slice(0, mostNamed) },
  );
};
