import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import type { Source } from '#libs/interchange/src/fleet-record.js';
import { NetBoxClient } from '#libs/interchange/src/netbox/netbox-client.js';
import { readNetBox } from '#libs/interchange/src/netbox/read-netbox.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import { Config } from '#libs/platform/src/config/config.js';
import { Current, type Exchange } from '../http/exchange.js';
import { AnswersText, Requires } from '../http/requires.js';
import { ImportRequests } from './import.request.js';
import { Importer } from './importer.js';
import { NetBoxImport } from './netbox.bodies.js';
import { streamed } from './streamed.js';

const media = 'application/x-ndjson';
/** For all of its pages. */
const readingMs = 600_000;

const deviceCollections = ['dcim/devices/', 'virtualization/virtual-machines/'];

/** An object that could not be read, and that is no device. */
const isNoDevice = ({ path = '' }: Source): boolean =>
  path !== '' && !deviceCollections.some((collection) => path.startsWith(collection));

/** A fleet that is kept in step with a NetBox. */
@Controller('v1/import/netbox')
export class NetBoxController {
  constructor(
    private readonly importer: Importer,
    private readonly requests: ImportRequests,
    private readonly config: Config,
  ) {}

  @Post()
  @HttpCode(200)
  @Requires('hosts:write')
  @AnswersText('Imports the fleet that a NetBox knows; answers what an import answers', [media])
  async netBox(@Current() exchange: Exchange, @Body() order: NetBoxImport) {
    this.requests.demandProper(exchange);
    this.demandAllowed(order.url);
    const { cloud, network_roles: roles } = order;
    const records = this.config.CRATON_IMPORT_ROWS;
    const networkRoles = roles && ((slug: string) => roles.includes(slug));
    const reads = () =>
      readNetBox(this.clientFor(order), { cloud, ...(networkRoles && { networkRoles }) }, { records });
    const request = this.requests.of(exchange, () => order);
    const text = await this.importer.run(exchange, order, { reads, request, isNoDevice });
    return streamed(exchange, { text, media });
  }

  private clientFor({ url, token }: NetBoxImport): NetBoxClient {
    return new NetBoxClient({ url, token, signal: AbortSignal.timeout(readingMs) });
  }

  /** Whoever may import must not be able to ask around in the networks that this process is in. */
  private demandAllowed(text: string): void {
    const { host, hostname } = new URL(text);
    const allowed = this.config.CRATON_IMPORT_HOSTS ?? [];
    if (allowed.includes(host) || allowed.includes(hostname)) return;
    const message = 'names a host that imports may not reach: CRATON_IMPORT_HOSTS lists those that they may';
    throw new DomainError('validation-failed', `url ${message}`, {
      violations: [{ member: 'url', message }],
    });
  }
}
