import type { Answer, Client, Gateway } from './gateway.js';
import { hardware, made } from './places.js';

interface Entry {
  readonly event_id: string;
  readonly correlation_id: string;
  readonly type: string;
  readonly reason: string | null;
}

export const ok = async (asked: Promise<Answer>): Promise<Answer> => {
  const answer = await asked;
  if (answer.status > 204) throw new Error(`${answer.status} ${answer.text}`);
  return answer;
};

/** The correlation id of what a request did. */
export const requestOf = ({ headers }: Answer): string =>
  (headers['x-openstack-request-id'] as string).slice(4);

export const outcomes = ({ body }: Answer): string[] =>
  body.steps.map(({ type, outcome }: { type: string; outcome: string }) => `${type}: ${outcome}`);

/** What tests of putting back do over and over. */
export class Reverting {
  constructor(private readonly gateway: () => Gateway) {}

  async create(collection: string, body: object): Promise<string> {
    return (await made(this.gateway().root.post(`/v1/${collection}`, body))).body.id;
  }

  host(regionId: string, name: string, more = {}): Promise<string> {
    return this.create('hosts', { name, region_id: regionId, ...hardware, ...more });
  }

  put(path: string, body: object): Promise<Answer> {
    return ok(this.gateway().root.put(`/v1/${path}`, body));
  }

  remove(path: string): Promise<Answer> {
    return ok(this.gateway().root.delete(`/v1/${path}`));
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- tests say what they expect of it
  async show(path: string): Promise<any> {
    return (await this.gateway().root.get(`/v1/${path}`)).body;
  }

  /** The last entry in a thing's history. */
  async last(path: string): Promise<Entry> {
    return (await this.show(`${path}/history`)).history.at(-1);
  }

  revert(body: object, client: Client = this.gateway().root): Promise<Answer> {
    return client.post('/v1/revert', body);
  }

  /** How much has happened. */
  async count(): Promise<number> {
    return (await this.gateway().events()).filter(({ type }) => type !== 'ApiKeyUsed').length;
  }
}
