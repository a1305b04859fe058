import { Body, Controller, Get, Put, Query, type Type } from '@nestjs/common';
import { ToVariables } from '#libs/inventory/src/inventory.handlers.js';
import type { OwnerKind } from '#libs/inventory/src/variables.events.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { Commands, type Plan } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { Answers, named, Requires } from '../http/requires.js';
import { BoundVariables } from './bound-variables.js';
import { askedOf } from './inheriting.query.js';
import { type Link, Owners } from './owners.js';
import {
  type BindingsAsked,
  VariableBindings,
  VariableBindingsBody,
  VariableBindingsQuery,
} from './variable-providers.bodies.js';

/** The same two routes for every kind of owner. A binding is removed as every variable is. */
const variableProvidersOf = (kind: OwnerKind, collection: string): Type => {
  @Controller(`v1/${collection}/:id/variable-providers`)
  class VariableProvidersController {
    constructor(
      private readonly owners: Owners,
      private readonly bound: BoundVariables,
      private readonly commands: Commands,
    ) {}

    @Get()
    @Requires('variables:read')
    @Answers(`Shows where variables of a ${kind} are looked up`, VariableBindingsBody)
    show(@Current() exchange: Exchange, @Id() id: string, @Query() query: VariableBindingsQuery) {
      const { chain } = this.owners.find(exchange, exchange.view, kind, id);
      return this.shown(exchange, exchange.view, askedOf(chain, query));
    }

    @Put()
    @Requires('variables:write')
    @Answers(
      'Looks these up from now on, and leaves the others; answers all of its own',
      VariableBindingsBody,
    )
    bind(@Current() exchange: Exchange, @Id() id: string, @Body() { value: asked }: VariableBindings) {
      const plan = () => this.plan(exchange, id, asked);
      return this.commands.change(exchange, id, plan, (view) => this.shown(exchange, view, [{ kind, id }]));
    }

    private plan(exchange: Exchange, id: string, asked: BindingsAsked): Plan {
      const owner = this.owners.findInService(exchange, exchange.view, kind, id);
      const bindings = this.bound.demanded(exchange.view, owner, asked);
      const command = { type: 'BindVariables', ownerKind: kind, bindings } as const;
      return { projectId: owner.projectId, steps: [(metadata) => new ToVariables(id, command, metadata)] };
    }

    private shown(exchange: Exchange, view: ReadView, chain: readonly Link[]): VariableBindingsBody {
      const revision = this.bound.revision(view, chain[0]?.id ?? '');
      return exchange.tagged(revision, { bindings: this.bound.shown(view, chain) });
    }
  }
  return named(VariableProvidersController, kind, 'VariableProvidersController');
};

export const variableProvidersControllers: readonly Type[] = [
  variableProvidersOf('project', 'projects'),
  variableProvidersOf('cloud', 'clouds'),
  variableProvidersOf('region', 'regions'),
  variableProvidersOf('cell', 'cells'),
  variableProvidersOf('host', 'hosts'),
  variableProvidersOf('network-device', 'network-devices'),
  variableProvidersOf('container', 'containers'),
  variableProvidersOf('network', 'networks'),
  variableProvidersOf('network-interface', 'network-interfaces'),
];
