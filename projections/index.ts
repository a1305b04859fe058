import type { AnyProjection } from '#libs/kernel/src/projection.js';
import { access } from './access/access.projection.js';
import { history } from './history/history.projection.js';
import { inventory } from './inventory/inventory.projection.js';
import { maintenance } from './maintenance/maintenance.projection.js';
import { requests } from './requests/requests.projection.js';
import { runs } from './runs/runs.projection.js';
import { synchronisation } from './synchronisation/synchronisation.projection.js';
import { variables } from './variables/variables.projection.js';
import { workflows } from './workflows/workflows.projection.js';

/** Every read model there is. */
export const projections: readonly AnyProjection[] = [
  access,
  history,
  inventory,
  maintenance,
  requests,
  runs,
  synchronisation,
  variables,
  workflows,
];
