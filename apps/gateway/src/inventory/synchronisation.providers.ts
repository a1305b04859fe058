import type { Type } from '@nestjs/common';
import { SynchronisationQueries } from '#projections/synchronisation/synchronisation.queries.js';
import { SynchronisationController } from './synchronisation.controller.js';
import { SynchronisationReports } from './synchronisation.reports.js';
import { SynchronisationScheduleController } from './synchronisation-schedule.controller.js';

/** The routes about keeping regions like their clouds. */
export const synchronisationControllers: readonly Type[] = [
  SynchronisationController,
  SynchronisationScheduleController,
];

export const synchronisationProviders: readonly Type[] = [SynchronisationQueries, SynchronisationReports];
