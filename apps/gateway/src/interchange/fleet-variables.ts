import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import type { VariablesQueries } from '#projections/variables/variables.queries.js';

/** Whose variables count for something, nearest first. */
export interface Chain {
  /** It and its ancestors. */
  readonly near: readonly string[];
  /** What many have in common; the first of them determines the others. */
  readonly far: readonly string[];
}

const mostKept = 1000;
const none: JsonObject = {};

/** The nearest value of each key. */
const merged = (objects: readonly JsonObject[]): JsonObject =>
  objects.length === 1
    ? (objects[0] as JsonObject)
    : (Object.assign({}, ...objects.toReversed()) as JsonObject);

/** Variables of many at a time; what they have in common is read once. */
export class FleetVariables {
  private readonly inherited = new Map<string, JsonObject>();

  constructor(
    private readonly queries: VariablesQueries,
    private readonly view: ReadView,
  ) {}

  /** In the order of the chains. */
  ofAll(chains: readonly Chain[]): readonly JsonObject[] {
    if (this.inherited.size > mostKept) this.inherited.clear();
    const unknown = chains.filter(({ far }) => far[0] !== undefined && !this.inherited.has(far[0]));
    const ids = [...chains.flatMap(({ near }) => near), ...unknown.flatMap(({ far }) => far)];
    const own = this.own([...new Set(ids)]);
    const of = (id: string) => own.get(id) ?? none;
    for (const { far } of unknown) this.inherited.set(far[0] as string, merged(far.map(of)));
    return chains.map(({ near, far }) => {
      const common = far[0] === undefined ? [] : [this.inherited.get(far[0]) ?? none];
      return merged([...near.map(of), ...common]);
    });
  }

  private own(ids: readonly string[]): ReadonlyMap<string, JsonObject> {
    const rows = this.queries.objects(this.view, ids);
    return new Map(
      rows.map(({ owner_id, variables }) => [owner_id, JSON.parse(variables) as Record<string, Json>]),
    );
  }
}
