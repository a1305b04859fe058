import { Module } from '@nestjs/common';
import {
  CloudHandler,
  ProjectHandler,
  RegionHandler,
  VariablesHandler,
  NewVariablesHandler,
} from './inventory.handlers.js';
import { SynchronisationHandler, SynchroniseHandler } from './synchronisation.handlers.js';
import { Synchroniser } from './synchroniser.js';

const synchronising = [Synchroniser, SynchronisationHandler, SynchroniseHandler];

/** Takes the inventory's commands. Whoever imports it provides a global `CommandRunner` and a global `Clock`. */
@Module({
  providers: [
    ProjectHandler,
    CloudHandler,
    RegionHandler,
    VariablesHandler,
    NewVariablesHandler,
    ...synchronising,
  ],
})
export class InventoryModule {}
