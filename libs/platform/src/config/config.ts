import { isIP } from 'node:net';
import { plainToInstance, Transform } from 'class-transformer';
import {
  getMetadataStorage,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  isUUID,
  Matches,
  MinLength,
  ValidateBy,
  validateSync,
  type ValidationOptions,
} from 'class-validator';
import { namesBroker } from '../amqp/amqp-url.js';
import { areKeys } from '../sealing/key-ring.js';

const flag = ({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value);
const list = ({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value);
const number = ({ value }: { value: unknown }) =>
  typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;

/** One message for whatever is wrong with a number. */
const Whole =
  (least: number, most: number): PropertyDecorator =>
  (target, property) => {
    const fits = (value: unknown) =>
      Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
    const defaultMessage = () => `${String(property)} must be a whole number from ${least} to ${most}`;
    Transform(number)(target, property);
    ValidateBy({ name: 'whole', validator: { validate: fits, defaultMessage } })(target, property);
  };

const isBroker = (value: unknown): boolean =>
  typeof value === 'string' && /^amqps?:/.test(value) && namesBroker(value);

const IsBroker = () =>
  ValidateBy({
    name: 'isBroker',
    validator: {
      validate: isBroker,
      defaultMessage: () => 'CRATON_AMQP_URL must be amqp://user:password@host:5672/%2F',
    },
  });

const isNetwork = (value: unknown): boolean => {
  if (typeof value !== 'string') return false;
  const [address = '', bits, ...more] = value.split('/');
  const longest = { 4: 32, 6: 128, 0: 0 }[isIP(address) as 0 | 4 | 6];
  if (longest === 0 || address.includes('%') || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest);
};

const IsNetwork = (options: ValidationOptions) =>
  ValidateBy(
    {
      name: 'isNetwork',
      validator: {
        validate: isNetwork,
        defaultMessage: () =>
          'CRATON_TRUST_PROXY must be addresses or networks such as 10.0.0.0/8, with commas between them',
      },
    },
    options,
  );

const AreKeys = () =>
  ValidateBy({
    name: 'areKeys',
    validator: {
      validate: areKeys,
      defaultMessage: () =>
        'CRATON_SECRET_KEY must be 32 bytes in base64, or several with commas between and a name each: new:...,old:...',
    },
  });

const isPlace = (value: unknown): boolean =>
  isNetwork(value) ||
  (typeof value === 'string' &&
    value.length <= 253 &&
    /^[a-z\d_][\w.-]*$/i.test(value) &&
    !/^[\d.]+$/.test(value));

const ArePlaces = () =>
  ValidateBy(
    {
      name: 'arePlaces',
      validator: {
        validate: isPlace,
        defaultMessage: () =>
          'CRATON_PROVIDER_ALLOW must be host names, addresses or networks such as 10.0.0.0/8, with commas between them',
      },
    },
    { each: true },
  );

const isEverybody = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 1 && value[0] === '*';

const AreProjects = () =>
  ValidateBy({
    name: 'areProjects',
    validator: {
      validate: (value: unknown) =>
        isEverybody(value) || (Array.isArray(value) && value.length > 0 && value.every((id) => isUUID(id))),
      defaultMessage: () =>
        'CRATON_CLOUD_PROJECTS must be * or ids of projects (UUIDs), with commas and no blanks between them',
    },
  });

/** Everything that can be configured, from the environment only. `README.md` of the root prints this table. */
export class Config {
  @IsString()
  readonly CRATON_HTTP_HOST: string = '127.0.0.1';

  @Whole(0, 65535)
  readonly CRATON_HTTP_PORT: number = 7780;

  /** Addresses and networks of the proxies whose `X-Forwarded-*` headers are believed; by default nobody's. */
  @IsOptional()
  @Transform(list)
  @IsNetwork({ each: true })
  readonly CRATON_TRUST_PROXY?: readonly string[];

  @IsString()
  @MinLength(1)
  readonly CRATON_DATA_DIR: string = './data';

  /** `sqlite:<path>` or a connection string of EventStoreDB; by default `sqlite:<data dir>/events.db`. */
  @IsOptional()
  @Matches(/^(sqlite:.+|esdb(\+discover)?:\/\/.+)$/, {
    message: 'CRATON_EVENT_STORE must be sqlite:<path> or esdb://...',
  })
  readonly CRATON_EVENT_STORE?: string;

  @IsOptional()
  @IsBroker()
  readonly CRATON_AMQP_URL?: string;

  @Matches(/^[\w.-]{1,127}$/)
  readonly CRATON_NOTIFICATION_EXCHANGE: string = 'craton';

  @Transform(list)
  @Matches(/^[\w.-]{1,127}$/, { each: true })
  readonly CRATON_NOTIFICATION_TOPICS: readonly string[] = ['notifications'];

  @Transform(flag)
  @IsBoolean()
  readonly CRATON_NOTIFICATION_DURABLE: boolean = false;

  @Transform(flag)
  @IsBoolean()
  readonly CRATON_NOTIFICATION_AUTO_DELETE: boolean = false;

  @IsIn(['classic', 'quorum'])
  readonly CRATON_NOTIFICATION_QUEUE_TYPE: 'classic' | 'quorum' = 'classic';

  @IsString()
  @MinLength(1)
  readonly CRATON_NOTIFICATION_PUBLISHER_ID: string = 'craton';

  @IsIn(['simulated', 'nova'])
  readonly CRATON_CLOUD: 'simulated' | 'nova' = 'simulated';

  /** Ids of the projects whose operators may have the cloud worked on; `*`: of all. */
  @Transform(list)
  @AreProjects()
  readonly CRATON_CLOUD_PROJECTS: readonly string[] = ['*'];

  /** How long one call to a cloud's services may take, in milliseconds. */
  @Whole(100, 600_000)
  readonly CRATON_CLOUD_TIMEOUT_MS: number = 30_000;

  /** How long a move takes in a simulated fleet that is made anew. */
  @Whole(0, 3_600_000)
  readonly CRATON_SIMULATED_MIGRATION_MS: number = 200;

  @IsIn(['local'])
  readonly CRATON_AUTH = 'local';

  @IsOptional()
  @IsUUID()
  readonly CRATON_BOOTSTRAP_PROJECT_ID?: string;

  @Matches(/^[\w.@-]{1,255}$/)
  readonly CRATON_BOOTSTRAP_USERNAME: string = 'admin';

  @IsOptional()
  @Matches(/^[\x21-\x7e]{24,255}$/, {
    message: 'CRATON_BOOTSTRAP_API_KEY must be 24 to 255 visible ASCII characters',
  })
  readonly CRATON_BOOTSTRAP_API_KEY?: string;

  /** Files in it are secrets that workflow steps may name; only the engine reads them. */
  @IsOptional()
  @IsString()
  @MinLength(1)
  readonly CRATON_SECRETS_DIR?: string;

  /**
   * What variables that are secret are sealed with; without it there are none. The first one seals, the others open what they
   * sealed, also before they had a name.
   */
  @IsOptional()
  @AreKeys()
  readonly CRATON_SECRET_KEY?: string;

  /** Where providers of variables may go besides public addresses: host names, addresses and networks. */
  @IsOptional()
  @Transform(list)
  @ArePlaces()
  readonly CRATON_PROVIDER_ALLOW?: readonly string[];

  /** A file with the credentials that providers may name, for its owner's eyes only. */
  @IsOptional()
  @IsString()
  @MinLength(1)
  readonly CRATON_PROVIDER_CREDENTIALS?: string;

  /** Of one body that is imported. */
  @Whole(1024, 2 ** 34)
  readonly CRATON_IMPORT_BYTES: number = 256 * 2 ** 20;

  /** Of one import; each takes about a kilobyte of memory. */
  @Whole(1, 10_000_000)
  readonly CRATON_IMPORT_ROWS: number = 250_000;

  /** For all of the body of an import to arrive. */
  @Whole(30, 86_400)
  readonly CRATON_IMPORT_SECONDS: number = 600;

  /** Hosts, each with its port or without, that imports may fetch from; by default none. */
  @IsOptional()
  @Transform(list)
  @Matches(/^(\[[\da-fA-F:.]+\]|[a-zA-Z\d.-]{1,253})(:\d{1,5})?$/, {
    each: true,
    message:
      'CRATON_IMPORT_HOSTS must be hosts such as netbox.example.com or 10.0.0.7:8080, with commas between them',
  })
  readonly CRATON_IMPORT_HOSTS?: readonly string[];

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace'])
  readonly CRATON_LOG_LEVEL: string = 'info';

  @IsOptional()
  @Matches(/^https?:\/\/.+$/, { message: 'OS_AUTH_URL must be the http(s) URL of Keystone' })
  readonly OS_AUTH_URL?: string;

  @IsOptional()
  @IsString()
  readonly OS_USERNAME?: string;

  @IsOptional()
  @IsString()
  readonly OS_PASSWORD?: string;

  @IsOptional()
  @IsString()
  readonly OS_PROJECT_NAME?: string;

  @IsString()
  readonly OS_USER_DOMAIN_ID: string = 'default';

  @IsString()
  readonly OS_PROJECT_DOMAIN_ID: string = 'default';

  @IsOptional()
  @IsString()
  readonly OS_REGION_NAME?: string;

  @IsIn(['public', 'internal', 'admin'])
  readonly OS_INTERFACE: string = 'public';

  get eventStore(): string {
    return this.CRATON_EVENT_STORE ?? `sqlite:${this.CRATON_DATA_DIR}/events.db`;
  }
}

const demandedTogether = (config: Config): string[] =>
  config.CRATON_CLOUD === 'nova'
    ? (['OS_AUTH_URL', 'OS_USERNAME', 'OS_PASSWORD', 'OS_PROJECT_NAME'] as const)
        .filter((name) => config[name] === undefined)
        .map((name) => `${name} is needed when CRATON_CLOUD is nova`)
    : [];

/** Lists what is wrong with it; values are never repeated. */
export class WrongConfiguration extends Error {
  constructor(lines: readonly string[]) {
    super(`the configuration is wrong:\n${lines.map((line) => `- ${line}`).join('\n')}`);
  }
}

/** Reads the environment once. Throws one `WrongConfiguration` that lists everything that is wrong; values are never repeated in it. */
export const readConfig = (environment: NodeJS.ProcessEnv = process.env): Config => {
  const known = Object.keys(environment).filter(
    (name) => /^(CRATON|OS)_/.test(name) && environment[name] !== '',
  );
  const config = plainToInstance(Config, Object.fromEntries(known.map((name) => [name, environment[name]])), {
    exposeDefaultValues: true,
  });
  const wrong = validateSync(config).flatMap((error) => Object.values(error.constraints ?? {}));
  const properties = new Set(
    getMetadataStorage()
      .getTargetValidationMetadatas(Config, '', true, false)
      .map((metadata) => metadata.propertyName),
  );
  const unknown = known
    .filter((name) => name.startsWith('CRATON_') && !name.startsWith('CRATON_TEST_') && !properties.has(name))
    .map((name) => `${name} is not known`);
  const all = [...wrong, ...demandedTogether(config), ...unknown];
  if (all.length > 0) throw new WrongConfiguration(all);
  return Object.freeze(config);
};
