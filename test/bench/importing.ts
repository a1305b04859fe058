/** What the task `import` is told: so many hosts with ten variables each, spread over the regions of the scene. */
export interface Importing {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly hosts: number;
  readonly regions: number;
}

export interface Imported {
  readonly seconds: number;
  /** Length of the answer. */
  readonly bytes: number;
  /** The answer's last line. */
  readonly last: string;
}
