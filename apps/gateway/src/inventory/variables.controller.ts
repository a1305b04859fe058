import { Body, Controller, Delete, Get, HttpCode, Put, Query, type Type } from '@nestjs/common';
import { ToVariables } from '#libs/inventory/src/inventory.handlers.js';
import type { VariablesCommand } from '#libs/inventory/src/variables.decider.js';
import type { OwnerKind } from '#libs/inventory/src/variables.events.js';
import { Commands, type Plan } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { Answers, named, Requires } from '../http/requires.js';
import { InheritedVariables } from './inherited-variables.js';
import { Owners } from './owners.js';
import { VariableKeys, VariablesBody, VariablesQuery, VariableValues } from './variables.bodies.js';

/** The same three routes for every kind of owner. */
const variablesOf = (kind: OwnerKind, collection: string): Type => {
  @Controller(`v1/${collection}/:id/variables`)
  class VariablesController {
    constructor(
      private readonly owners: Owners,
      private readonly variables: InheritedVariables,
      private readonly commands: Commands,
    ) {}

    @Get()
    @Requires('variables:read')
    @Answers(`Shows the variables of a ${kind}, or with \`explain\` where they come from`, VariablesBody)
    show(@Current() exchange: Exchange, @Id() id: string, @Query() query: VariablesQuery) {
      const { view } = exchange;
      const owner = this.owners.find(exchange, view, kind, id);
      const chain = query['resolved-values'] === false ? owner.chain.slice(0, 1) : owner.chain;
      exchange.tagged(this.variables.revision(view, id), undefined);
      if (query.explain) return { variables: this.variables.explained(view, chain) };
      return exchange.json(`{"variables":${this.variables.text(view, chain)}}`);
    }

    @Put()
    @Requires('variables:write')
    @Answers('Sets these variables and leaves the others; answers all of its own', VariablesBody)
    set(@Current() exchange: Exchange, @Id() id: string, @Body() { value: values }: VariableValues) {
      const plan = () => this.plan(exchange, id, { type: 'SetVariables', ownerKind: kind, values });
      return this.commands.change(exchange, id, plan, (view) => {
        exchange.tagged(this.variables.revision(view, id), undefined);
        return exchange.json(`{"variables":${this.variables.text(view, [{ kind, id }])}}`);
      });
    }

    @Delete()
    @HttpCode(204)
    @Requires('variables:write')
    @Answers('Removes the variables that the body names, where they are its own')
    remove(@Current() exchange: Exchange, @Id() id: string, @Body() { value: keys }: VariableKeys) {
      const plan = () => this.plan(exchange, id, { type: 'RemoveVariables', ownerKind: kind, keys });
      return this.commands.remove(exchange, id, plan);
    }

    private plan(exchange: Exchange, id: string, command: VariablesCommand): Plan {
      const { projectId } = this.owners.find(exchange, exchange.view, kind, id);
      return { projectId, steps: [(metadata) => new ToVariables(id, command, metadata)] };
    }
  }
  return named(VariablesController, kind, 'VariablesController');
};

export const variablesControllers: readonly Type[] = [
  variablesOf('project', 'projects'),
  variablesOf('cloud', 'clouds'),
  variablesOf('region', 'regions'),
  variablesOf('cell', 'cells'),
  variablesOf('host', 'hosts'),
  variablesOf('network-device', 'network-devices'),
  variablesOf('container', 'containers'),
  variablesOf('network', 'networks'),
  variablesOf('network-interface', 'network-interfaces'),
];
