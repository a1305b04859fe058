import { Injectable, Logger } from '@nestjs/common';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import type { Exchange } from '../http/exchange.js';
import { InheritedVariables } from './inherited-variables.js';
import { askedOf } from './inheriting.query.js';
import type { Link, Owner } from './owners.js';
import { Secrets } from './secrets.js';
import { VariableSchemas } from './variable-schemas.js';
import type { VariablesQuery } from './variables.bodies.js';

const none: ReadonlyMap<string, string> = new Map();

type Keys = ReadonlySet<string> | undefined;

const picked = (variables: object, only: Keys): object =>
  only ? Object.fromEntries(Object.entries(variables).filter(([key]) => only.has(key))) : variables;

const pickedText = (text: string, only: Keys): string =>
  only ? JSON.stringify(picked(JSON.parse(text) as object, only)) : text;

/** Variables as answers of their own. */
@Injectable()
export class VariablesPresenter {
  private readonly logger = new Logger('Secrets');

  constructor(
    private readonly variables: InheritedVariables,
    private readonly schemas: VariableSchemas,
    private readonly secrets: Secrets,
  ) {}

  /** Throws `forbidden` when secrets are asked for by who may not read them. */
  shown(exchange: Exchange, { id, chain: whole }: Owner, query: VariablesQuery) {
    const { view } = exchange;
    const chain = askedOf(whole, query);
    if (query.secrets) this.secrets.demandReader(exchange);
    this.tag(exchange, view, id);
    const only = query.key && new Set(query.key);
    const found = query.secrets ? this.secretsOf(exchange, chain) : none;
    const asked = { own: chain.length < whole.length, only };
    const violations = query.explain || query.check ? this.schemas.misfits(view, whole, asked) : undefined;
    if (query.explain)
      return { variables: picked(this.variables.explained(view, chain, found), only), violations };
    const more = violations ? `,"violations":${JSON.stringify(violations)}` : '';
    return exchange.json(`{"variables":${pickedText(this.variables.text(view, chain, found), only)}${more}}`);
  }

  own(exchange: Exchange, view: ReadView, owner: Link): string {
    this.tag(exchange, view, owner.id);
    return exchange.json(`{"variables":${this.variables.text(view, [owner])}}`);
  }

  private tag(exchange: Exchange, view: ReadView, id: string): void {
    exchange.tagged(this.variables.revision(view, id), undefined);
  }

  /** In clear, as JSON text by key. Reading leaves no event: who saw what is told to the log. */
  private secretsOf(exchange: Exchange, chain: readonly Link[]): ReadonlyMap<string, string> {
    const rows = this.variables.hidden(exchange.view, chain).filter(({ nature }) => nature === 'secret');
    if (rows.length > 0) {
      const { username: user, projectId: project } = exchange.caller;
      const seen = rows.map(({ owner_id: owner, key }) => ({ owner, key }));
      this.logger.log({ requestId: exchange.request.id, user, project, seen }, 'secrets are shown');
    }
    return new Map(rows.map((row) => [row.key, this.secrets.shown(row)]));
  }
}
