import { Controller, Get, Query } from '@nestjs/common';
import { writeAnsible } from '#libs/interchange/src/writers/ansible-inventory.js';
import { writePrometheus } from '#libs/interchange/src/writers/prometheus.js';
import { Current, type Exchange } from '../http/exchange.js';
import { AnswersText, Requires } from '../http/requires.js';
import { FleetQuery } from '../inventory/fleet.query.js';
import { ExportQuery, TargetsQuery } from './export.bodies.js';
import { FleetReader } from './fleet.reader.js';
import { formats } from './formats.js';
import { streamed } from './streamed.js';

const json = 'application/json';

/** The fleet in formats of others. */
@Controller('v1')
export class InterchangeController {
  constructor(private readonly fleets: FleetReader) {}

  @Get('export')
  @Requires('variables:read')
  @AnswersText(
    'Writes the fleet, or a part of it, in a format of others',
    Object.values(formats).map(({ media }) => media),
  )
  async export(@Current() exchange: Exchange, @Query() query: ExportQuery) {
    const fleet = await this.fleets.open(exchange, query);
    const { media, suffix, shows, write } = formats[query.format];
    const resolved = query['resolved-values'] ? 'resolved' : 'own';
    const records =
      shows === 'devices' ? fleet.devices('none') : fleet.all(shows === 'tree' ? 'none' : resolved);
    return streamed(exchange, { text: write(records), media, filename: `craton-fleet.${suffix}` });
  }

  @Get('ansible-inventory')
  @Requires('variables:read')
  @AnswersText(
    'Answers what a dynamic inventory of Ansible answers to `--list`, with variables as they are in effect',
    [json],
  )
  async ansibleInventory(@Current() exchange: Exchange, @Query() query: FleetQuery) {
    const fleet = await this.fleets.open(exchange, query);
    const text = writeAnsible((wanted) => fleet.devices(wanted?.variables === false ? 'none' : 'resolved'));
    return streamed(exchange, { text, media: json });
  }

  @Get('prometheus/targets')
  @Requires('variables:read')
  @AnswersText("Lists the devices as targets for Prometheus' HTTP service discovery", [json])
  async prometheusTargets(@Current() exchange: Exchange, @Query() query: TargetsQuery) {
    const fleet = await this.fleets.open(exchange, query);
    const { port } = query;
    const text = writePrometheus(fleet.devices('none'), port === undefined ? {} : { port });
    return streamed(exchange, { text, media: json });
  }
}
