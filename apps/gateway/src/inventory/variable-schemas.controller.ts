import { setImmediate as othersTurn } from 'node:timers/promises';
import { Body, Controller, Delete, Get, HttpCode, Put, Query, type Type } from '@nestjs/common';
import { ToVariables } from '#libs/inventory/src/inventory.handlers.js';
import { faultOf } from '#libs/inventory/src/schemas/variable-schema.js';
import type { VariablesCommand } from '#libs/inventory/src/variables.decider.js';
import type { OwnerKind } from '#libs/inventory/src/variables.events.js';
import { DomainError, type Violation } from '#libs/kernel/src/errors.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { Commands, type Plan } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { Answers, named, Requires } from '../http/requires.js';
import { InheritedVariables } from './inherited-variables.js';
import { askedOf } from './inheriting.query.js';
import { type Link, Owners } from './owners.js';
import {
  VariableSchemaKeys,
  VariableSchemasBody,
  VariableSchemasQuery,
  VariableSchemaValues,
} from './variable-schemas.bodies.js';
import { VariableSchemas } from './variable-schemas.js';

const demandSchemas = async (schemas: Readonly<Record<string, JsonObject>>): Promise<void> => {
  const violations: Violation[] = [];
  for (const [key, schema] of Object.entries(schemas)) {
    const fault = faultOf(schema);
    if (fault)
      violations.push({ member: [key, fault.member].filter(Boolean).join('.'), message: fault.message });
    // Compiling a large one takes a tenth of a second.
    await othersTurn();
  }
  if (violations.length > 0)
    throw new DomainError('validation-failed', 'a schema cannot be checked by', { violations });
};

/** The same three routes for every kind of owner. */
export const variableSchemasOf = (kind: OwnerKind, collection: string): Type => {
  @Controller(`v1/${collection}/:id/variable-schemas`)
  class VariableSchemasController {
    constructor(
      private readonly owners: Owners,
      private readonly variables: InheritedVariables,
      private readonly schemas: VariableSchemas,
      private readonly commands: Commands,
    ) {}

    @Get()
    @Requires('schemas:read')
    @Answers(`Shows the JSON Schemas that variables of a ${kind} must fit, all of them`, VariableSchemasBody)
    show(@Current() exchange: Exchange, @Id() id: string, @Query() query: VariableSchemasQuery) {
      const { view } = exchange;
      const { chain } = this.owners.find(exchange, view, kind, id);
      return this.shown(exchange, view, askedOf(chain, query));
    }

    @Put()
    @Requires('schemas:write')
    @Answers('Attaches these schemas and leaves the others; answers all of its own', VariableSchemasBody)
    async attach(
      @Current() exchange: Exchange,
      @Id() id: string,
      @Body() { value: schemas }: VariableSchemaValues,
    ) {
      await demandSchemas(schemas);
      const plan = () => this.plan(exchange, id, { type: 'AttachSchemas', ownerKind: kind, schemas });
      return this.commands.change(exchange, id, plan, (view) => this.shown(exchange, view, [{ kind, id }]));
    }

    @Delete()
    @HttpCode(204)
    @Requires('schemas:write')
    @Answers('Detaches the schemas of the keys that the body names, where they are its own')
    detach(@Current() exchange: Exchange, @Id() id: string, @Body() { value: keys }: VariableSchemaKeys) {
      const plan = () => this.plan(exchange, id, { type: 'DetachSchemas', ownerKind: kind, keys });
      return this.commands.remove(exchange, id, plan);
    }

    private shown(exchange: Exchange, view: ReadView, chain: readonly Link[]) {
      const revision = this.variables.revision(view, chain[0]?.id ?? '');
      return exchange.tagged(revision, { schemas: this.schemas.shown(view, chain) });
    }

    private plan(exchange: Exchange, id: string, command: VariablesCommand): Plan {
      const { projectId } = this.owners.findInService(exchange, exchange.view, kind, id);
      return { projectId, steps: [(metadata) => new ToVariables(id, command, metadata)] };
    }
  }
  return named(VariableSchemasController, kind, 'VariableSchemasController');
};
