import { Body, Controller, Delete, Get, HttpCode, Put, Query, type Type } from '@nestjs/common';
import type { Permission } from '#libs/access/src/access.policy.js';
import type { DeviceKind } from '#libs/inventory/src/region.events.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { InventoryQueries } from '#projections/inventory/inventory.queries.js';
import { Commands } from '../http/commands.js';
import { Current, type Exchange, Id } from '../http/exchange.js';
import { Answers, named, Requires } from '../http/requires.js';
import { collections } from './device.presenter.js';
import { Devices } from './devices.js';
import { LabelsBody, LabelsQuery } from './label.bodies.js';

/** The same three routes for every kind of device. */
const labelsOf = (kind: DeviceKind, resource: 'hosts' | 'devices'): Type => {
  const words = kind.replace('-', ' ');
  const reading: Permission = `${resource}:read`;
  const writing: Permission = `${resource}:write`;

  @Controller(`v1/${collections[kind]}/:id/labels`)
  class LabelsController {
    constructor(
      private readonly inventory: InventoryQueries,
      private readonly devices: Devices,
      private readonly commands: Commands,
    ) {}

    @Get()
    @Requires(reading)
    @Answers(`Shows the labels of a ${words}`, LabelsBody)
    show(@Current() exchange: Exchange, @Id() id: string) {
      return this.shown(exchange, exchange.view, id);
    }

    @Put()
    @Requires(writing)
    @Answers('Adds these labels, or with `replace` leaves no others; answers all of them', LabelsBody)
    set(
      @Current() exchange: Exchange,
      @Id() id: string,
      @Body() { labels }: LabelsBody,
      @Query() { replace }: LabelsQuery,
    ) {
      const type = replace ? 'ReplaceLabels' : 'AddLabels';
      return this.commands.change(
        exchange,
        id,
        () => this.devices.plan(exchange, kind, id, () => ({ type, deviceId: id, labels })),
        (view) => this.shown(exchange, view, id),
      );
    }

    @Delete()
    @HttpCode(204)
    @Requires(writing)
    @Answers('Removes the labels that the body names, where there are such')
    remove(@Current() exchange: Exchange, @Id() id: string, @Body() { labels }: LabelsBody) {
      return this.commands.remove(exchange, id, () =>
        this.devices.plan(exchange, kind, id, () => ({ type: 'RemoveLabels', deviceId: id, labels })),
      );
    }

    private shown(exchange: Exchange, view: ReadView, id: string): LabelsBody | undefined {
      const { revision } = this.devices.found(exchange, view, kind, id);
      return exchange.fresh(revision, { labels: this.inventory.labels(view, id) });
    }
  }
  return named(LabelsController, kind, 'LabelsController');
};

export const labelsControllers: readonly Type[] = [
  labelsOf('host', 'hosts'),
  labelsOf('network-device', 'devices'),
  labelsOf('container', 'devices'),
];
