import type { Type } from '@nestjs/common';
import { DiffController } from './diff.controller.js';
import { historyControllers } from './history.controller.js';

/** The routes about the past. */
export const timeControllers: readonly Type[] = [...historyControllers, DiffController];
