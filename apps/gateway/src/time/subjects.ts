import { Injectable } from '@nestjs/common';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { AccessQueries } from '#projections/access/access.queries.js';
import { InventoryQueries } from '#projections/inventory/inventory.queries.js';
import type { Exchange } from '../http/exchange.js';
import { Owners } from '../inventory/owners.js';
import type { History } from './kinds.js';
import { WorkSubjects } from './work-subjects.js';

/** Something that has a history, and, where it has a stream of its own, the last revision there. */
export interface Subject {
  readonly id: string;
  readonly revision?: number;
}

/** Finds whatever has a history. */
@Injectable()
export class Subjects {
  constructor(
    private readonly owners: Owners,
    private readonly access: AccessQueries,
    private readonly inventory: InventoryQueries,
    private readonly works: WorkSubjects,
  ) {}

  /** Throws `not-found` for what the caller does not see. */
  find(exchange: Exchange, view: ReadView, { kind, words }: History, id: string): Subject {
    if (kind === 'user') return { id: exchange.visible(this.access.user(view, id), words).id };
    if (kind === 'device') return { id: exchange.visible(this.inventory.device(view, id), words).id };
    if (kind === 'window' || kind === 'workflow' || kind === 'run')
      return exchange.visible(this.works.find(view, kind, id), words);
    return this.owners.find(exchange, view, kind, id);
  }
}
