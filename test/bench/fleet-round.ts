import { type Asked, ask, type Asking } from './asks.js';
import type { Bench } from './figure.js';
import { median } from './numbers.js';
import type { SeededScene } from './scene.js';
import { headers, type Server } from './server.js';

export interface Cost {
  /** Median of a round. */
  readonly ms: number;
  readonly cpuMs: number;
  readonly bytes: number;
}

type Kind = 'host' | 'list' | 'listThen' | 'cold' | 'warm' | 'coldThen' | 'warmThen' | 'ansible' | 'export';

/** What one round of single requests cost; `Then`: as of the moment before the fleet aged. */
export type FleetCosts = Readonly<Record<Kind, Cost>>;

const costOf = ({ ms, cpuMs, bytes }: Asked): Cost => ({ ms: median(ms), cpuMs, bytes });

/** One is each host's own, the other inherited from its cell. */
const searchFor = (rack: number): string =>
  `/v1/hosts?vars=${encodeURIComponent(`rack:"rack-${rack}", variable_12.of:"cell"`)}`;

/** The moment so many events before that one. */
const earlier = (cursor: string, events: number): string => {
  const at = cursor.lastIndexOf(':') + 1;
  const position = Number.parseInt(cursor.slice(at), 16) - events;
  return cursor.slice(0, at) + position.toString(16).padStart(cursor.length - at, '0');
};

/** Asks one server for one thing after another: what a single answer costs where nobody else asks. */
export class FleetRound {
  /** At no cursor of the past is a first search asked for twice. */
  private moments = 0;

  constructor(
    private readonly bench: Bench,
    private readonly server: Server,
    private readonly scene: SeededScene,
  ) {}

  /** What is measured must be what it says: hosts with twenty variables, full lists, searches that find something. */
  async demandAnswers(): Promise<void> {
    const { hostIds } = this.scene;
    const host = await this.get<{ variables: object }>(`/v1/hosts/${hostIds[0]}`);
    const shown = Object.keys(host.variables).length;
    if (shown !== 20) throw new Error(`a host shows ${shown} variables instead of 20`);
    const { hosts: page } = await this.get<{ hosts: { variables: object }[] }>(this.pages()[0] as string);
    const full = page.length === 100 && page.every(({ variables }) => Object.keys(variables).length >= 20);
    if (!full) throw new Error('a page does not show 100 hosts with 20 variables each');
    const { hosts: found } = await this.get<{ hosts: object[] }>(searchFor(1));
    if (found.length === 0) throw new Error('the search finds nothing');
  }

  /** The first search of a process, which lays out the fleet. */
  first(): Promise<Cost> {
    return this.ask({ paths: [searchFor(0)], count: 1, skipped: 0 });
  }

  async costs(): Promise<FleetCosts> {
    const { cursor, hostIds } = this.scene;
    const few = this.bench.quick ? 2 : 5;
    const searches = Array.from({ length: few }, (_, rack) => searchFor(rack));
    const then = `&as_of=${cursor}`;
    const pages = this.pages();
    const changed = `/v1/hosts/${hostIds.at(-1)}/variables`;
    return {
      host: await this.ask({
        paths: hostIds.slice(0, 500).map((id) => `/v1/hosts/${id}`),
        count: 500,
        skipped: 100,
      }),
      list: await this.ask({ paths: pages, count: 60, skipped: 10 }),
      listThen: await this.ask({ paths: pages.map((path) => path + then), count: 60, skipped: 10 }),
      cold: await this.ask({ paths: searches, count: few, skipped: 0, changed }),
      warm: await this.ask({ paths: searches, count: 10 * few, skipped: 1 }),
      coldThen: await this.ask({
        paths: searches.map((path) => `${path}&as_of=${earlier(cursor, (this.moments += 1))}`),
        count: few,
        skipped: 0,
      }),
      warmThen: await this.ask({ paths: searches.map((path) => path + then), count: 2 * few, skipped: 1 }),
      ansible: await this.ask({ paths: ['/v1/ansible-inventory'], count: 1, skipped: 0 }),
      export: await this.ask({ paths: ['/v1/export?resolved-values=true'], count: 1, skipped: 0 }),
    };
  }

  /** Addresses of pages from all over the fleet, each of a hundred hosts. */
  private pages(): readonly string[] {
    const { hostIds } = this.scene;
    const before = Math.max(hostIds.length - 101, 0);
    return Array.from({ length: 10 }, (_, index) => {
      const marker = hostIds[Math.floor((before * index) / 10)];
      return `/v1/hosts?details=true&limit=100${hostIds.length > 100 ? `&marker=${marker}` : ''}`;
    });
  }

  private async ask(asking: Omit<Asking, 'url' | 'headers'>): Promise<Cost> {
    return costOf(await ask(this.bench, this.server, asking));
  }

  private async get<Body>(path: string): Promise<Body> {
    const response = await fetch(this.server.url + path, { headers });
    if (!response.ok) throw new Error(`${path} was answered with ${response.status}`);
    return (await response.json()) as Body;
  }
}
