import type { Type } from '@nestjs/common';
import { DiffController } from './diff.controller.js';
import { historyControllers } from './history.controller.js';
import { RevertController } from './revert.controller.js';

/** The routes about the past. */
export const timeControllers: readonly Type[] = [...historyControllers, DiffController, RevertController];
