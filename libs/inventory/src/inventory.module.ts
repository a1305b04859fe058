import { Module } from '@nestjs/common';
import { CloudHandler, ProjectHandler, RegionHandler, VariablesHandler } from './inventory.handlers.js';

/** Takes the inventory's commands. Whoever imports it provides a global `CommandRunner`. */
@Module({ providers: [ProjectHandler, CloudHandler, RegionHandler, VariablesHandler] })
export class InventoryModule {}
