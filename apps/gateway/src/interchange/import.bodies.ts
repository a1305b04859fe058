import { fleetKinds } from '#libs/interchange/src/fleet-record.js';
import { check, Flag, Identifier, Name, OneOf, Optional, Repeatable, VariableNames } from '../http/fields.js';
import { Mark } from '../inventory/inventory.fields.js';

export const importFormats = [
  'ndjson',
  'csv',
  'yaml',
  'ansible-ini',
  'ansible-yaml',
  'ansible-json',
  'ansible-directory',
] as const;
export type ImportFormat = (typeof importFormats)[number];

const isPath = (value: unknown): boolean =>
  typeof value === 'string' &&
  value.length <= 1024 &&
  value.isWellFormed() &&
  !/\p{Cc}/u.test(value) &&
  value.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

/** A number of devices, or a share of them. */
const amount = /^(\d{1,9}|(100|\d{1,2})%)$/;

export const importModes = ['all-or-nothing', 'best-effort'] as const;

/** How an import goes about it, whatever it reads. */
export class ImportOptions {
  /** Where rows go that do not say their cloud. */
  @Optional()
  @Identifier()
  readonly cloud_id?: string;

  /** Where rows go that do not say their region. */
  @Optional()
  @Identifier()
  readonly region_id?: string;

  /** `all-or-nothing`: one row that is refused refuses all. `best-effort`: the others are imported. */
  @OneOf(importModes)
  readonly mode: (typeof importModes)[number] = 'all-or-nothing';

  /** Only tells what would be done. */
  @Flag()
  readonly dry_run: boolean = false;

  /** Makes clouds, regions and cells that are named and missing. */
  @Flag()
  readonly create_places: boolean = false;

  /** The mark of the source: devices that are new get it. */
  @Optional()
  @Mark()
  readonly managed_by?: string;

  /** With `managed_by`: retires the devices with the mark that the source no longer has. */
  @Flag()
  readonly remove_missing: boolean = false;

  /** With `remove_missing`: of the devices with the mark, how many may be retired at once. */
  @check(
    'amount',
    (value) => typeof value === 'string' && amount.test(value),
    'must be a number of devices such as 20, or a share of them such as 50%',
    { type: 'string', pattern: amount.source },
  )
  readonly most_missing: string = '50%';

  /** Of devices that are new and do not say it. */
  @Name()
  readonly device_type: string = 'server';

  /** Keys of variables whose values are to be secret, whoever has them; what is secret already stays it. May be repeated. */
  @Optional()
  @Repeatable()
  @VariableNames()
  readonly secret?: readonly string[];
}

export class ImportQuery extends ImportOptions {
  /** By default what the `Content-Type` says. */
  @Optional()
  @OneOf(importFormats)
  readonly format?: ImportFormat;

  /** Of `ansible-directory`: the file or folder of the archive that is the inventory, as `-i` says it; by default what all is in. */
  @Optional()
  @check('path', isPath, 'must be a path in the archive such as inventories/production', {
    type: 'string',
    minLength: 1,
    maxLength: 1024,
  })
  readonly inventory?: string;

  /** What a row is that does not say it. */
  @Optional()
  @OneOf(fleetKinds)
  readonly kind?: (typeof fleetKinds)[number];
}
