import { Flag, ListOf, Name, Whole } from '../http/fields.js';

/** More would hold up others for too long. */
export const mostResealed = 10_000;

export class Resealing {
  /** Only tells how many there are. */
  @Flag()
  readonly dry_run: boolean = false;

  /** How many secrets are sealed anew at most; asking again seals the next ones. */
  @Whole(1, mostResealed)
  readonly limit: number = mostResealed;
}

/** Secrets that are sealed with a key that seals no more. */
export class SealsBody {
  /** Name of the key. */
  @Name()
  readonly key: string;

  @Whole(0, Number.MAX_SAFE_INTEGER)
  readonly secrets: number;

  /** Without it nobody can read them, nor seal them anew. */
  @Flag()
  readonly at_hand: boolean;
}

export class ResealedBody {
  @Flag()
  readonly dry_run: boolean;

  /** Name of the key that seals. */
  @Name()
  readonly key: string;

  /** How many were sealed anew; with `dry_run`, how many would be. */
  @Whole(0, mostResealed)
  readonly sealed: number;

  /** What is under other keys then. Keys that are not here have no secrets any more, but in the past. */
  @ListOf(() => SealsBody, 1000)
  readonly left: readonly SealsBody[];

  /** Whether asking again would seal more. */
  @Flag()
  readonly more: boolean;
}
