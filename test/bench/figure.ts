/** What a figure needs to be measured. */
export interface Bench {
  /** On the disk that is measured; gone when the benchmark ends. */
  readonly folder: string;
  /** Fewer and shorter rounds, smaller logs: shows that everything runs, not how fast. */
  readonly quick: boolean;
  /** Where CPU profiles of the measured processes go. */
  readonly profiles: string | undefined;
  readonly say: (line: string) => void;
}

/** The values of all rounds; the same index is the same round. */
export interface Measured {
  readonly what: string;
  readonly unit: string;
  readonly values: readonly number[];
  /** The physical limit, measured right beside each value. */
  readonly against?: { readonly what: string; readonly values: readonly number[] };
  /** Of the ratio when there is something to compare with, else of the value itself. None: for information. */
  readonly target?: { readonly atLeast: number } | { readonly atMost: number };
  /** The same at several sizes of a fleet, in hosts: shown in a table of its own. */
  readonly curve?: readonly { readonly size: number; readonly values: readonly number[] }[];
  /** Further facts for whoever reads the JSON. */
  readonly notes?: Readonly<Record<string, unknown>>;
}

export interface Figure {
  /** As `--only` knows it. */
  readonly name: string;
  readonly measure: (bench: Bench) => Promise<readonly Measured[]>;
}
