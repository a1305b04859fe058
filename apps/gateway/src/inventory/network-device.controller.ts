import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { Answers, AnswersPage, Requires } from '../http/requires.js';
import { HostQuery, NetworkDeviceBody, NetworkDeviceChange, NewNetworkDevice } from './device.bodies.js';
import { Devices } from './devices.js';
import { InheritingQuery } from './inheriting.query.js';
import { RemovalQuery } from './removal.query.js';

@Controller('v1/network-devices')
export class NetworkDeviceController {
  constructor(private readonly devices: Devices) {}

  @Get()
  @Requires('devices:read')
  @AnswersPage('Lists network devices', 'network_devices', NetworkDeviceBody)
  list(@Current() exchange: Exchange, @Query() query: HostQuery) {
    return this.devices.list(exchange, 'network-device', query);
  }

  @Post()
  @Requires('devices:write')
  @Answers('Registers a network device in a region', NetworkDeviceBody)
  register(@Current() exchange: Exchange, @Body() device: NewNetworkDevice) {
    return this.devices.register(exchange, 'network-device', device);
  }

  @Get(':id')
  @Requires('devices:read')
  @Answers('Shows a network device with its variables and those it inherits', NetworkDeviceBody)
  show(@Current() exchange: Exchange, @Id() id: string, @Query() query: InheritingQuery) {
    return this.devices.show(exchange, 'network-device', id, query);
  }

  @Put(':id')
  @Requires('devices:write')
  @Answers('Changes what the body names, and leaves the rest', NetworkDeviceBody)
  change(@Current() exchange: Exchange, @Id() id: string, @Body() change: NetworkDeviceChange) {
    return this.devices.change(exchange, 'network-device', id, change);
  }

  @Post(':id/retire')
  @HttpCode(200)
  @Requires('devices:write')
  @Answers(
    'Takes a network device out of service for good; its name is free again, its past stays',
    NetworkDeviceBody,
  )
  retire(@Current() exchange: Exchange, @Id() id: string) {
    return this.devices.retire(exchange, 'network-device', id);
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('devices:write')
  @Answers('Removes a network device that was registered by mistake; one that served is retired instead')
  remove(@Current() exchange: Exchange, @Id() id: string, @Query() { cascade }: RemovalQuery) {
    return this.devices.remove(exchange, 'network-device', id, cascade);
  }
}
