import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { Answers, AnswersPage, Requires } from '../http/requires.js';
import { ContainerBody, ContainerChange, HostQuery, NewContainer } from './device.bodies.js';
import { Devices } from './devices.js';
import { InheritingQuery } from './inheriting.query.js';
import { RemovalQuery } from './removal.query.js';

@Controller('v1/containers')
export class ContainerController {
  constructor(private readonly devices: Devices) {}

  @Get()
  @Requires('devices:read')
  @AnswersPage('Lists containers', 'containers', ContainerBody)
  list(@Current() exchange: Exchange, @Query() query: HostQuery) {
    return this.devices.list(exchange, 'container', query);
  }

  @Post()
  @Requires('devices:write')
  @Answers('Registers a container in a region', ContainerBody)
  register(@Current() exchange: Exchange, @Body() device: NewContainer) {
    return this.devices.register(exchange, 'container', device);
  }

  @Get(':id')
  @Requires('devices:read')
  @Answers('Shows a container with its variables and those it inherits', ContainerBody)
  show(@Current() exchange: Exchange, @Id() id: string, @Query() query: InheritingQuery) {
    return this.devices.show(exchange, 'container', id, query);
  }

  @Put(':id')
  @Requires('devices:write')
  @Answers('Changes what the body names, and leaves the rest', ContainerBody)
  change(@Current() exchange: Exchange, @Id() id: string, @Body() change: ContainerChange) {
    return this.devices.change(exchange, 'container', id, change);
  }

  @Post(':id/retire')
  @HttpCode(200)
  @Requires('devices:write')
  @Answers('Takes a container out of service for good; its name is free again, its past stays', ContainerBody)
  retire(@Current() exchange: Exchange, @Id() id: string) {
    return this.devices.retire(exchange, 'container', id);
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('devices:write')
  @Answers('Removes a container that was registered by mistake; one that served is retired instead')
  remove(@Current() exchange: Exchange, @Id() id: string, @Query() { cascade }: RemovalQuery) {
    return this.devices.remove(exchange, 'container', id, cascade);
  }
}
