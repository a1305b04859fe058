import type { Place } from '#libs/interchange/src/fleet-record.js';
import type { Page, Rows } from '#libs/platform/src/read-store/page.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import type {
  CellRow,
  CloudRow,
  InventoryQueries,
  RegionRow,
} from '#projections/inventory/inventory.queries.js';

/** Read without giving others a turn. */
const pageSize = 250;

const othersTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** All rows of a table, a page at a time, with room for other requests between the pages. */
export async function* pagesOf<Row extends { readonly id: string }>(
  read: (page: Page) => Rows<Row>,
): AsyncGenerator<readonly Row[]> {
  let marker: string | undefined;
  for (let more = true; more;) {
    const found = read({ limit: pageSize, marker });
    yield found.rows;
    ({ more } = found);
    marker = found.rows.at(-1)?.id;
    if (more) await othersTurn();
  }
}

/** The same for what is in memory already. */
export async function* chunksOf<T>(all: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let at = 0; at < all.length; at += pageSize) {
    if (at > 0) await othersTurn();
    yield all.slice(at, at + pageSize);
  }
}

type Ids = { readonly [name in 'projectId' | 'cloudId' | 'regionId' | 'cellId']: string | undefined } & {
  /** Only among these. */
  readonly cellIds?: readonly string[] | undefined;
};

const flat = async <Row>(pages: AsyncIterable<readonly Row[]>): Promise<readonly Row[]> =>
  (await Array.fromAsync(pages)).flat();

const byId = <Row extends { readonly id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [row.id, row]));

/** The upper part of the tree, in memory: whatever is below names it. */
export class Places {
  readonly clouds: ReadonlyMap<string, CloudRow>;
  readonly regions: ReadonlyMap<string, RegionRow>;
  readonly cells: ReadonlyMap<string, CellRow>;
  private readonly cloudsNamed: ReadonlyMap<string, readonly CloudRow[]>;

  private constructor(clouds: readonly CloudRow[], regions: readonly RegionRow[], cells: readonly CellRow[]) {
    this.clouds = byId(clouds);
    this.regions = byId(regions);
    this.cells = byId(cells);
    this.cloudsNamed = Map.groupBy(clouds, ({ name }) => name);
  }

  static async read(
    inventory: InventoryQueries,
    view: ReadView,
    { projectId, cloudId, regionId, cellId, cellIds }: Ids,
  ): Promise<Places> {
    const of = { projectId, cloudId };
    return new Places(
      await flat(pagesOf((page) => inventory.clouds(view, { projectId, id: cloudId }, page))),
      await flat(pagesOf((page) => inventory.regions(view, { ...of, id: regionId }, page))),
      await flat(
        pagesOf((page) => inventory.cells(view, { ...of, regionId, id: cellId, ids: cellIds }, page)),
      ),
    );
  }

  /** Names of clouds are unique in a project only: where two projects are exported at once, the project tells them apart. */
  cloudName({ name, project_id }: CloudRow): string {
    return (this.cloudsNamed.get(name)?.length ?? 0) > 1 ? `${name}@${project_id}` : name;
  }

  ofCloud(cloudId: string): Place {
    const cloud = this.clouds.get(cloudId);
    return cloud ? { cloud: this.cloudName(cloud) } : {};
  }

  ofRegion(regionId: string): Place {
    const region = this.regions.get(regionId);
    return region ? { ...this.ofCloud(region.cloud_id), region: region.name } : {};
  }

  ofCell(regionId: string, cellId: string | null): Place {
    const cell = cellId === null ? undefined : this.cells.get(cellId);
    return { ...this.ofRegion(regionId), ...(cell && { cell: cell.name }) };
  }
}
