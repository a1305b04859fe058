import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { Read, Source } from '#libs/interchange/src/fleet-record.js';
import { isDevice } from '#libs/inventory/src/import.policy.js';
import type { DefaultPlace } from '#libs/inventory/src/import-places.policy.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import { Config } from '#libs/platform/src/config/config.js';
import { InventoryQueries } from '#projections/inventory/inventory.queries.js';
import type { Exchange } from '../http/exchange.js';
import { demandSame, referred } from '../inventory/references.js';
import { ImportAnswer, type Prepared } from './import.answer.js';
import type { ImportOptions } from './import.bodies.js';
import { type ImportRequest, metadataOf } from './import.request.js';
import { ImportPlanner } from './import.planner.js';
import { refusedRetirements } from './import.retirements.js';
import { Spool } from './import.spool.js';
import { type Refusal, refusedWith, survey, type Surveyed } from './import.survey.js';

/** Of all that a process does at a time: each holds what it reads in memory, but for the variables. */
const mostAtOnce = 2;

interface Destination {
  readonly projectId: string;
  readonly defaults: DefaultPlace;
}

/** What is imported. */
export interface ImportSource {
  readonly reads: () => AsyncIterable<Read>;
  /** Claimed once all is read. */
  readonly request: ImportRequest;
  /** Whether something that could not be read is surely no device; by default it may be one. */
  readonly isNoDevice?: (source: Source) => boolean;
}

type Job = Pick<Prepared, 'metadata' | 'options' | 'spool'> & {
  readonly exchange: Exchange;
  readonly destination: Destination;
  readonly source: ImportSource;
};

const refuse = (member: string, message: string): never => {
  throw new DomainError('validation-failed', `${member} ${message}`, { violations: [{ member, message }] });
};

/** A key that was misspelt would leave its values in clear in the log, for good. */
const demandMet = ({ unmet }: Surveyed, { mode }: ImportOptions): void => {
  if (mode === 'all-or-nothing' && unmet.length > 0)
    refuse('secret', `names what nothing has: ${unmet.join(', ')}`);
};

/** Takes a fleet in, from whatever reads it: all is read, checked and planned before the first thing is written. */
@Injectable()
export class Importer {
  private underWay = 0;

  constructor(
    private readonly config: Config,
    private readonly inventory: InventoryQueries,
    private readonly planner: ImportPlanner,
    private readonly answer: ImportAnswer,
  ) {}

  /** The lines of the answer. Whatever can be known before the first of them is a rejection. */
  async run(
    exchange: Exchange,
    options: ImportOptions,
    source: ImportSource,
  ): Promise<AsyncGenerator<string>> {
    const destination = this.destinationOf(exchange, options);
    const metadata = metadataOf(exchange, destination.projectId);
    if (this.underWay >= mostAtOnce)
      throw new DomainError('too-many-requests', `${mostAtOnce} imports are under way already`, {
        retryAfterSeconds: 10,
      });
    this.underWay += 1;
    let spool: Spool | undefined;
    try {
      spool = await Spool.in(join(this.config.CRATON_DATA_DIR, 'imports'));
      return this.lines(
        await this.prepared({ exchange, options, destination, metadata, spool, source }),
        source.request,
      );
    } catch (error) {
      this.underWay -= 1;
      source.request.end();
      await spool?.close();
      throw error;
    }
  }

  private destinationOf(exchange: Exchange, options: ImportOptions): Destination {
    const { view, caller } = exchange;
    const { region_id: regionId, cloud_id: cloudId, managed_by: mark, remove_missing: removes } = options;
    if (removes && mark === undefined) refuse('remove_missing', 'needs managed_by');
    const region = regionId && referred(exchange, this.inventory.region(view, regionId), 'region_id');
    if (region) demandSame('cloud_id', cloudId, region.cloud_id, 'region');
    const ofCloud = region ? region.cloud_id : cloudId;
    const cloud = ofCloud && referred(exchange, this.inventory.cloud(view, ofCloud), 'cloud_id');
    return {
      projectId: cloud ? cloud.project_id : caller.projectId,
      defaults: { cloud: cloud ? cloud.name : undefined, region: region ? region.name : undefined },
    };
  }

  private async prepared(job: Job): Promise<Prepared> {
    const { exchange, options, destination, metadata, spool } = job;
    const { caller } = exchange;
    const { device_type: deviceType, secret } = options;
    const surveyed = await survey(job.source.reads(), { spool, caller, deviceType, secret });
    const mark = await job.source.request.claim();
    const strict = options.mode === 'all-or-nothing';
    const { refusals } = surveyed;
    if (strict && !options.dry_run && refusals.length > 0) throw refusedWith(refusals);
    demandMet(surveyed, options);
    const { create_places: createPlaces, managed_by: managedBy } = options;
    const cleans = this.cleans(job, surveyed);
    const secrecy = { exchange, asked: new Set(secret) };
    const order = { ...destination, createPlaces, managedBy, cleans, spool, secrecy };
    const { entries, missing } = await this.planner.plan(surveyed.rows, order);
    const refused = entries.flatMap((entry): Refusal[] =>
      entry.problem ? [{ row: entry, source: entry.source, error: entry.problem }] : [],
    );
    const all = [...refusals, ...refused];
    const problem =
      strict && all.length > 0 ? refusedWith(all) : cleans ? refusedRetirements(missing, options) : undefined;
    if (problem && !options.dry_run) throw problem;
    return { options, metadata, mark, spool, refusals, entries, problem };
  }

  /** Where a device may be among what was not understood nothing is taken away, and neither is it where no device is left. */
  private cleans({ options, source }: Job, { rows, refusals, whole }: Surveyed): boolean {
    const { isNoDevice = () => false } = source;
    const isClear =
      whole &&
      refusals.every((refusal) => (refusal.row ? !isDevice(refusal.row) : isNoDevice(refusal.source)));
    if (!options.remove_missing || !isClear) return false;
    return rows.some(isDevice) || refuse('remove_missing', 'would retire all: the source holds no device');
  }

  private async *lines(prepared: Prepared, request: ImportRequest): AsyncGenerator<string> {
    const work = this.answer.lines(prepared);
    try {
      for (let next = await work.next(); next.done !== true; next = await work.next()) yield next.value;
    } finally {
      // Whoever asked may have gone away: what was begun is done nevertheless.
      while ((await work.next()).done !== true);
      request.end();
      this.underWay -= 1;
      await prepared.spool.close();
    }
  }
}
