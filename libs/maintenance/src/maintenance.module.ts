import { Module } from '@nestjs/common';
import { WindowHandler } from './window.handlers.js';

/** Takes the maintenance commands. Whoever imports it provides a global `CommandRunner`. */
@Module({ providers: [WindowHandler] })
export class MaintenanceModule {}
