import type { Provider } from '@nestjs/common';
import { Config } from '#libs/platform/src/config/config.js';
import { KeyRing } from '#libs/platform/src/sealing/key-ring.js';
import { VariablesQueries } from '#projections/variables/variables.queries.js';
import { InheritedVariables } from './inherited-variables.js';
import { Owners } from './owners.js';
import { Secrets } from './secrets.js';
import { SecretsReseal } from './secrets.reseal.js';
import { SettingVariables } from './setting-variables.js';
import { VariableSchemas } from './variable-schemas.js';
import { VariablesPresenter } from './variables.presenter.js';

/** Everything about variables that the gateway is put together from. */
export const variablesProviders: Provider[] = [
  {
    provide: KeyRing,
    useFactory: (config: Config) => KeyRing.of(config.CRATON_SECRET_KEY),
    inject: [Config],
  },
  VariablesQueries,
  Owners,
  Secrets,
  SecretsReseal,
  VariableSchemas,
  SettingVariables,
  InheritedVariables,
  VariablesPresenter,
];
