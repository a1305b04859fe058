import type { Answer, Client, Headers } from './gateway.js';

/** What an import says of one thing. */
export interface Imported {
  readonly result: 'created' | 'changed' | 'unchanged' | 'retired' | 'refused';
  readonly kind?: string;
  readonly name?: string;
  readonly id?: string;
  readonly changes?: readonly {
    readonly member: string;
    readonly before: unknown;
    readonly after: unknown;
  }[];
  readonly problem?: { readonly type: string; readonly status: number; readonly detail: string };
  readonly source?: { readonly line?: number; readonly row?: number };
  readonly managed_by?: null;
}

export interface Summary {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly retired: number;
  readonly refused: number;
  readonly dry_run: boolean;
  readonly complete: boolean;
  readonly left?: number;
  readonly problem?: {
    readonly status: number;
    readonly detail: string;
    readonly errors?: readonly { readonly member: string; readonly message: string }[];
  };
}

export interface ImportAnswer {
  readonly answer: Answer;
  readonly results: readonly Imported[];
  readonly summary: Summary;
}

const types = { ndjson: 'application/x-ndjson', csv: 'text/csv', yaml: 'application/yaml' } as const;

export const ndjson = (rows: readonly object[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');

export const postImport = (
  client: Client,
  body: string | Buffer | readonly object[],
  query = '',
  headers: Headers = {},
): Promise<Answer> =>
  client.ask(
    'POST',
    `/v1/import${query}`,
    typeof body === 'string' || Buffer.isBuffer(body) ? body : ndjson(body),
    { 'content-type': types.ndjson, ...headers },
  );

/** Of an answer that is not a problem. */
export const importedIn = (answer: Answer): ImportAnswer => {
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  const lines = answer.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Imported & { readonly summary?: Summary; readonly progress?: object });
  const { summary } = lines.at(-1) ?? {};
  if (!summary) throw new Error(`there is no summary: ${answer.text.slice(-500)}`);
  return { answer, summary, results: lines.filter(({ result }) => result !== undefined) };
};

export const imported = async (
  client: Client,
  body: string | Buffer | readonly object[],
  query = '',
  headers: Headers = {},
): Promise<ImportAnswer> => importedIn(await postImport(client, body, query, headers));
