/** As Nova writes them (microversions 2.53 to 2.84); only what somebody reads. */
export interface NovaService {
  readonly id: string;
  readonly host: string;
  readonly zone?: string | null;
  /** UNKNOWN when the cell's database does not answer. */
  readonly status: 'enabled' | 'disabled' | 'UNKNOWN';
  readonly state?: 'up' | 'down';
  readonly disabled_reason?: string | null;
}

export interface NovaHypervisor {
  readonly id: string;
  readonly host_ip?: string | null;
  /** The compute service that manages it; of one service there may be many. */
  readonly service: { readonly host: string };
}

export interface NovaAggregate {
  readonly name: string;
  readonly hosts: readonly string[];
}

export interface NovaServer {
  readonly id: string;
  readonly name?: string;
  readonly tenant_id: string;
  readonly status: string;
  readonly fault?: { readonly message?: string };
  readonly 'OS-EXT-SRV-ATTR:host'?: string | null;
  readonly 'OS-EXT-STS:task_state'?: string | null;
}

export interface NovaMigration {
  readonly id: number;
  readonly instance_uuid: string;
  readonly migration_type: 'live-migration' | 'migration' | 'resize' | 'evacuation' | null;
  readonly status: string;
  readonly source_compute: string | null;
  readonly dest_compute: string | null;
}

export interface NovaAction {
  readonly action: string;
  readonly request_id: string;
  /** `Error` when it failed. */
  readonly message: string | null;
  readonly events?: readonly {
    readonly event: string;
    readonly result: string | null;
    /** Since 2.84. */
    readonly details?: string | null;
  }[];
}
