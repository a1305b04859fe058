import { Module, type Provider, type Type } from '@nestjs/common';
import { CloudModule } from '#libs/clouds/src/cloud.module.js';
import { InventoryModule } from '#libs/inventory/src/inventory.module.js';
import { MaintenanceModule } from '#libs/maintenance/src/maintenance.module.js';
import { Config } from '#libs/platform/src/config/config.js';
import type { StepPlugin } from '#libs/workflows/src/step-plugin.port.js';
import { WorkflowsModule } from '#libs/workflows/src/workflows.module.js';
import { MaintenanceQueries } from '#projections/maintenance/maintenance.queries.js';
import { RunQueries } from '#projections/runs/runs.queries.js';
import { SynchronisationQueries } from '#projections/synchronisation/synchronisation.queries.js';
import { Engine } from './engine.js';
import { EngineIdentity } from './engine-identity.js';
import { EngineParts } from './engine-parts.js';
import { EngineSettings } from './engine.settings.js';
import { Origins } from './origins.js';
import { HostDisable } from './plugins/host-disable.plugin.js';
import { HostEnable } from './plugins/host-enable.plugin.js';
import { HostInspect } from './plugins/host-inspect.plugin.js';
import { HostInstances } from './plugins/host-instances.plugin.js';
import { HostVerifyEmpty } from './plugins/host-verify-empty.plugin.js';
import { HostVerifyUp } from './plugins/host-verify-up.plugin.js';
import { HttpRequest } from './plugins/http-request.plugin.js';
import { InstanceMove } from './plugins/instance-move.plugin.js';
import { MaintenanceBegin } from './plugins/maintenance-begin.plugin.js';
import { MaintenanceEnd } from './plugins/maintenance-end.plugin.js';
import { Pause } from './plugins/pause.plugin.js';
import { Secrets } from './plugins/secrets.js';
import { StepPlugins } from './plugins/step-plugins.js';
import { RunPerformer } from './run-performer.js';
import { RunReactor } from './run.reactor.js';
import { RunRecorder } from './run-recorder.js';
import { SynchronisationKeeper } from './synchronisation-keeper.js';
import { SynchronisationReactor } from './synchronisation.reactor.js';
import { Watchdog } from './watchdog.js';
import { WatchdogFindings } from './watchdog-findings.js';
import { WatchdogRounds } from './watchdog-rounds.js';
import { WindowKeeper } from './window-keeper.js';
import { WindowReactor } from './window.reactor.js';

/** Every plugin that ships; a new one is added here and nowhere else. */
const plugins: readonly Type<StepPlugin>[] = [
  HostInspect,
  HostDisable,
  HostEnable,
  HostInstances,
  HostVerifyEmpty,
  HostVerifyUp,
  InstanceMove,
  MaintenanceBegin,
  MaintenanceEnd,
  HttpRequest,
  Pause,
];

const made: readonly Provider[] = [
  { provide: EngineSettings, useFactory: () => new EngineSettings() },
  {
    provide: EngineIdentity,
    useFactory: (config: Config) => EngineIdentity.take(config.CRATON_DATA_DIR),
    inject: [Config],
  },
  {
    provide: StepPlugins,
    useFactory: (...all: StepPlugin[]) => new StepPlugins(all),
    inject: [...plugins],
  },
];

/** Runs workflows and keeps windows. Whoever imports it has a global `PlatformModule`, whose read store has begun. */
@Module({
  imports: [CloudModule, InventoryModule, MaintenanceModule, WorkflowsModule],
  providers: [
    ...made,
    ...plugins,
    Secrets,
    Origins,
    RunPerformer,
    RunRecorder,
    EngineParts,
    RunReactor,
    WindowKeeper,
    WindowReactor,
    RunQueries,
    MaintenanceQueries,
    SynchronisationQueries,
    SynchronisationKeeper,
    SynchronisationReactor,
    WatchdogFindings,
    WatchdogRounds,
    Watchdog,
    Engine,
  ],
})
export class EngineModule {}
