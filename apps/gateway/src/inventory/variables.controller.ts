import { Body, Controller, Delete, Get, HttpCode, Put, Query, type Type } from '@nestjs/common';
import { ToVariables } from '#libs/inventory/src/inventory.handlers.js';
import type { VariablesCommand } from '#libs/inventory/src/variables.decider.js';
import type { OwnerKind } from '#libs/inventory/src/variables.events.js';
import { Commands, type Plan } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { Answers, named, Requires } from '../http/requires.js';
import { LooksUp } from './looks-up.js';
import { type Owner, Owners } from './owners.js';
import { SecretsController } from './secrets.controller.js';
import { SettingVariables } from './setting-variables.js';
import { variableSchemasOf } from './variable-schemas.controller.js';
import {
  SettingQuery,
  VariableKeys,
  VariablesBody,
  VariablesQuery,
  VariableValues,
} from './variables.bodies.js';
import { VariablesPresenter } from './variables.presenter.js';

/** The same three routes for every kind of owner. */
const variablesOf = (kind: OwnerKind, collection: string): Type => {
  @Controller(`v1/${collection}/:id/variables`)
  class VariablesController {
    constructor(
      private readonly owners: Owners,
      private readonly presenter: VariablesPresenter,
      private readonly setting: SettingVariables,
      private readonly commands: Commands,
    ) {}

    @Get()
    @LooksUp(kind)
    @Requires('variables:read')
    @Answers(`Shows the variables of a ${kind}, or with \`explain\` where they come from`, VariablesBody)
    show(@Current() exchange: Exchange, @Id() id: string, @Query() query: VariablesQuery) {
      return this.presenter.shown(exchange, this.owners.find(exchange, exchange.view, kind, id), query);
    }

    @Put()
    @Requires('variables:write')
    @Answers(
      'Sets these variables and leaves the others, unless it replaces all; answers all of its own',
      VariablesBody,
    )
    set(
      @Current() exchange: Exchange,
      @Id() id: string,
      @Body() { value: values }: VariableValues,
      @Query() wishes: SettingQuery,
    ) {
      const plan = () =>
        this.plan(exchange, id, (owner) => this.setting.command(exchange, owner, values, wishes));
      return this.commands.change(exchange, id, plan, (view) =>
        this.presenter.own(exchange, view, { kind, id }),
      );
    }

    @Delete()
    @HttpCode(204)
    @Requires('variables:write')
    @Answers('Removes the variables that the body names, where they are its own')
    remove(@Current() exchange: Exchange, @Id() id: string, @Body() { value: keys }: VariableKeys) {
      const plan = () => this.plan(exchange, id, () => ({ type: 'RemoveVariables', ownerKind: kind, keys }));
      return this.commands.remove(exchange, id, plan);
    }

    private plan(exchange: Exchange, id: string, commandFor: (owner: Owner) => VariablesCommand): Plan {
      const owner = this.owners.findInService(exchange, exchange.view, kind, id);
      const command = commandFor(owner);
      return { projectId: owner.projectId, steps: [(metadata) => new ToVariables(id, command, metadata)] };
    }
  }
  return named(VariablesController, kind, 'VariablesController');
};

const kinds = [
  ['project', 'projects'],
  ['cloud', 'clouds'],
  ['region', 'regions'],
  ['cell', 'cells'],
  ['host', 'hosts'],
  ['network-device', 'network-devices'],
  ['container', 'containers'],
  ['network', 'networks'],
  ['network-interface', 'network-interfaces'],
] as const;

export const variablesControllers: readonly Type[] = [
  ...kinds.flatMap(([kind, collection]) => [
    variablesOf(kind, collection),
    variableSchemasOf(kind, collection),
  ]),
  SecretsController,
];
