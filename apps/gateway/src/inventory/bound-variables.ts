import { Injectable } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { Providers } from '#libs/providers/src/providers.js';
import { InheritedVariables } from './inherited-variables.js';
import type { Link, Owner } from './owners.js';
import { demandBindings } from './variable-bindings.js';
import { type BindingsAsked, mostBindings } from './variable-providers.bodies.js';

/** Variables that are bound to providers: where they are looked up, not what was found there. */
@Injectable()
export class BoundVariables {
  constructor(
    private readonly variables: InheritedVariables,
    private readonly providers: Providers,
  ) {}

  /** Bindings as they are stored. Throws `validation-failed` naming key and member, `illegal-state` when there would be too many. */
  demanded(
    view: ReadView,
    { kind, id, projectId }: Owner,
    asked: BindingsAsked,
  ): Readonly<Record<string, Json>> {
    const bindings = demandBindings(this.providers, asked, projectId);
    const bound = this.bound(view, [{ kind, id }]).map(({ key }) => key);
    if (new Set([...bound, ...Object.keys(asked)]).size > mostBindings)
      throw new DomainError(
        'illegal-state',
        `no more than ${mostBindings} variables of one owner are looked up`,
      );
    return bindings;
  }

  /** By key, those in effect, with who bound them. */
  shown(view: ReadView, chain: readonly Link[]): JsonObject {
    const explained = this.variables.explained(view, chain, new Map());
    const bindings = this.bound(view, chain).map(({ key, hidden }) => {
      const { owner, event_id, actor, changed_at, reason } = explained[key]!;
      return [key, { ...(JSON.parse(hidden) as JsonObject), owner, event_id, actor, changed_at, reason }];
    });
    return Object.fromEntries(bindings) as JsonObject;
  }

  /** Of the owner's own variables, with which bindings go. */
  revision(view: ReadView, ownerId: string): number {
    return this.variables.revision(view, ownerId);
  }

  private bound(view: ReadView, chain: readonly Link[]) {
    return this.variables.hidden(view, chain).filter(({ nature }) => nature === 'bound');
  }
}
