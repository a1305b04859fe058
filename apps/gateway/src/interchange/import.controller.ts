import { Controller, HttpCode, Post, Query } from '@nestjs/common';
import { readFleet } from '#libs/interchange/src/read-fleet.js';
import { Config } from '#libs/platform/src/config/config.js';
import { Current, type Exchange } from '../http/exchange.js';
import { AnswersText, Requires, TakesText } from '../http/requires.js';
import { ImportQuery } from './import.bodies.js';
import { digested, ImportRequests } from './import.request.js';
import { formatOf, sourceOf } from './import.source.js';
import { Importer } from './importer.js';
import { streamed } from './streamed.js';

const media = 'application/x-ndjson';

/** The fleet, from formats of others. */
@Controller('v1/import')
export class ImportController {
  constructor(
    private readonly importer: Importer,
    private readonly requests: ImportRequests,
    private readonly config: Config,
  ) {}

  @Post()
  @HttpCode(200)
  @Requires('hosts:write')
  @TakesText([
    'application/x-ndjson',
    'text/csv',
    'application/yaml',
    'text/plain',
    'application/x-tar',
    'application/gzip',
  ])
  @AnswersText('Imports a fleet; answers a line for each thing, what became of it, and a summary', [media])
  async import(@Current() exchange: Exchange, @Query() query: ImportQuery) {
    const { CRATON_IMPORT_BYTES: streamBytes, CRATON_IMPORT_ROWS: records } = this.config;
    this.requests.demandProper(exchange);
    const format = formatOf(exchange, query);
    const { bytes: source, digest } = digested(sourceOf(exchange, streamBytes), exchange);
    const { kind, inventory } = query;
    const options = {
      limits: { streamBytes, records },
      ...(kind !== undefined && { kind }),
      ...(inventory !== undefined && { inventory }),
    };
    const text = await this.importer.run(exchange, query, {
      reads: () => readFleet(format, source, options),
      request: this.requests.of(exchange, digest),
    });
    return streamed(exchange, { text, media });
  }
}
