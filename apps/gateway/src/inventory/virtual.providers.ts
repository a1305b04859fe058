import type { Provider } from '@nestjs/common';
import { BoundVariables } from './bound-variables.js';
import { LookingUp } from './looks-up.js';
import { Subjects } from './subjects.js';
import { VirtualVariables } from './virtual-variables.js';

/** Everything about variables that are looked up that the gateway is put together from. */
export const virtualProviders: Provider[] = [Subjects, BoundVariables, VirtualVariables, LookingUp];
