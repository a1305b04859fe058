import type { AnyProjection } from '#libs/kernel/src/projection.js';
import { access } from './access/access.projection.js';
import { inventory } from './inventory/inventory.projection.js';
import { requests } from './requests/requests.projection.js';
import { variables } from './variables/variables.projection.js';

/** Every read model there is. */
export const projections: readonly AnyProjection[] = [access, inventory, requests, variables];
