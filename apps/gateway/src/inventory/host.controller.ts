import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { Answers, AnswersPage, Requires } from '../http/requires.js';
import { HostBody, HostChange, HostQuery, NewHost } from './device.bodies.js';
import { Devices } from './devices.js';
import { InheritingQuery } from './inheriting.query.js';
import { RemovalQuery } from './removal.query.js';

@Controller('v1/hosts')
export class HostController {
  constructor(private readonly devices: Devices) {}

  @Get()
  @Requires('hosts:read')
  @AnswersPage('Lists hosts', 'hosts', HostBody)
  list(@Current() exchange: Exchange, @Query() query: HostQuery) {
    return this.devices.list(exchange, 'host', query);
  }

  @Post()
  @Requires('hosts:write')
  @Answers('Registers a host in a region', HostBody)
  register(@Current() exchange: Exchange, @Body() device: NewHost) {
    return this.devices.register(exchange, 'host', device);
  }

  @Get(':id')
  @Requires('hosts:read')
  @Answers('Shows a host with its variables and those it inherits', HostBody)
  show(@Current() exchange: Exchange, @Id() id: string, @Query() query: InheritingQuery) {
    return this.devices.show(exchange, 'host', id, query);
  }

  @Put(':id')
  @Requires('hosts:write')
  @Answers('Changes what the body names, and leaves the rest', HostBody)
  change(@Current() exchange: Exchange, @Id() id: string, @Body() change: HostChange) {
    return this.devices.change(exchange, 'host', id, change);
  }

  @Post(':id/retire')
  @HttpCode(200)
  @Requires('hosts:write')
  @Answers('Takes a host out of service for good; its name is free again, its past stays', HostBody)
  retire(@Current() exchange: Exchange, @Id() id: string) {
    return this.devices.retire(exchange, 'host', id);
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('hosts:write')
  @Answers('Removes a host that was registered by mistake; one that served is retired instead')
  remove(@Current() exchange: Exchange, @Id() id: string, @Query() { cascade }: RemovalQuery) {
    return this.devices.remove(exchange, 'host', id, cascade);
  }
}
