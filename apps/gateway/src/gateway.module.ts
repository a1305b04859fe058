import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { CloudModule } from '#libs/clouds/src/cloud.module.js';
import { InventoryModule } from '#libs/inventory/src/inventory.module.js';
import { MaintenanceModule } from '#libs/maintenance/src/maintenance.module.js';
import { ProvidersModule } from '#libs/providers/src/providers.module.js';
import { WorkflowsModule } from '#libs/workflows/src/workflows.module.js';
import { AccessQueries } from '#projections/access/access.queries.js';
import { FleetQueries } from '#projections/inventory/fleet.queries.js';
import { HangingQueries } from '#projections/inventory/hanging.queries.js';
import { InventoryQueries } from '#projections/inventory/inventory.queries.js';
import { NetworkQueries } from '#projections/inventory/networks.queries.js';
import { MaintenanceQueries } from '#projections/maintenance/maintenance.queries.js';
import { RequestsQueries } from '#projections/requests/requests.queries.js';
import { RunQueries } from '#projections/runs/runs.queries.js';
import { WorkflowQueries } from '#projections/workflows/workflows.queries.js';
import { ApiKeyController } from './access/api-key.controller.js';
import { ProjectController } from './access/project.controller.js';
import { UserController } from './access/user.controller.js';
import { ApiKeys } from './auth/api-keys.js';
import { Authentication } from './auth/authentication.js';
import { Bootstrap } from './auth/bootstrap.js';
import { CallerGuard } from './auth/caller.guard.js';
import { FailedLogins } from './auth/failed-logins.js';
import { KeyUses } from './auth/key-uses.js';
import { KnownKeys } from './auth/known-keys.js';
import { Logins } from './auth/logins.js';
import { HealthController } from './health.controller.js';
import { VariableLimits } from './access/variable-limits.js';
import { Commands } from './http/commands.js';
import { ProblemFilter } from './http/problem.filter.js';
import { Routes } from './http/routes.js';
import { ValidationPipe } from './http/validation.pipe.js';
import { FleetSources } from './interchange/fleet.js';
import { FleetReader } from './interchange/fleet.reader.js';
import { ImportAnswer } from './interchange/import.answer.js';
import { ImportController } from './interchange/import.controller.js';
import { ImportPlanner } from './interchange/import.planner.js';
import { ImportRequests } from './interchange/import.request.js';
import { ImportSchemas } from './interchange/import.schemas.js';
import { ImportSettings } from './interchange/import.settings.js';
import { ImportWriter } from './interchange/import.writer.js';
import { Importer } from './interchange/importer.js';
import { InterchangeController } from './interchange/interchange.controller.js';
import { NetBoxController } from './interchange/netbox.controller.js';
import { Cascade } from './inventory/cascade.js';
import { CellController } from './inventory/cell.controller.js';
import { CloudController } from './inventory/cloud.controller.js';
import { ContainerController } from './inventory/container.controller.js';
import { DeviceController } from './inventory/device.controller.js';
import { DevicePresenter } from './inventory/device.presenter.js';
import { Devices } from './inventory/devices.js';
import { FleetIndex } from './inventory/fleet-index.js';
import { HostController } from './inventory/host.controller.js';
import { labelsControllers } from './inventory/label.controller.js';
import { NetworkController } from './inventory/network.controller.js';
import { NetworkDeviceController } from './inventory/network-device.controller.js';
import { NetworkInterfaceController } from './inventory/network-interface.controller.js';
import { RegionController } from './inventory/region.controller.js';
import {
  synchronisationControllers,
  synchronisationProviders,
} from './inventory/synchronisation.providers.js';
import { variableProvidersControllers } from './inventory/variable-providers.controller.js';
import { variablesControllers } from './inventory/variables.controller.js';
import { variablesProviders } from './inventory/variables.providers.js';
import { virtualProviders } from './inventory/virtual.providers.js';
import { WindowController } from './maintenance/window.controller.js';
import { timeControllers } from './time/time.controllers.js';
import { timeProviders } from './time/time.providers.js';
import { KnownWorkflows } from './workflows/known-workflows.js';
import { RunController } from './workflows/run.controller.js';
import { RunRequests } from './workflows/run.request.js';
import { WorkflowController } from './workflows/workflow.controller.js';

/** The REST API. Whoever imports it also imports a `PlatformModule`. */
@Module({
  imports: [
    DiscoveryModule,
    CloudModule,
    InventoryModule,
    MaintenanceModule,
    ProvidersModule,
    WorkflowsModule,
  ],
  controllers: [
    HealthController,
    ProjectController,
    UserController,
    ApiKeyController,
    CloudController,
    RegionController,
    ...synchronisationControllers,
    CellController,
    HostController,
    NetworkDeviceController,
    ContainerController,
    DeviceController,
    ...labelsControllers,
    NetworkController,
    NetworkInterfaceController,
    ...timeControllers,
    ...variablesControllers,
    ...variableProvidersControllers,
    InterchangeController,
    ImportController,
    NetBoxController,
    WindowController,
    WorkflowController,
    RunController,
  ],
  providers: [
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_GUARD, useClass: CallerGuard },
    { provide: APP_PIPE, useClass: ValidationPipe },
    Routes,
    Commands,
    ApiKeys,
    Authentication,
    FailedLogins,
    KeyUses,
    KnownKeys,
    Logins,
    Bootstrap,
    AccessQueries,
    InventoryQueries,
    FleetQueries,
    ...synchronisationProviders,
    HangingQueries,
    VariableLimits,
    Cascade,
    FleetIndex,
    NetworkQueries,
    RequestsQueries,
    MaintenanceQueries,
    WorkflowQueries,
    RunQueries,
    KnownWorkflows,
    RunRequests,
    ...variablesProviders,
    ...virtualProviders,
    DevicePresenter,
    Devices,
    FleetSources,
    FleetReader,
    Importer,
    ImportPlanner,
    ImportSchemas,
    ImportSettings,
    ImportWriter,
    ImportAnswer,
    ImportRequests,
    ...timeProviders,
  ],
  exports: [Bootstrap],
})
export class GatewayModule {}
