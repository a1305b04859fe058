import { SetMetadata, type Type } from '@nestjs/common';
import type { Permission } from '#libs/access/src/access.policy.js';

export const REQUIRES = 'craton:requires';
export const ANSWERS = 'craton:answers';

/** What the caller must be permitted. A route that says neither this nor `@Public()` keeps the gateway from starting. */
export const Requires = (permission: Permission): MethodDecorator => SetMetadata(REQUIRES, permission);

/** For everybody, with or without a key. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(REQUIRES, 'public');

/** What a successful answer holds: one thing, a page of things under the collection's name, a text of others' making, or nothing. */
export interface Answered {
  readonly summary: string;
  readonly type?: Type;
  readonly collection?: string;
  /** Media types that the text may have. */
  readonly media?: readonly string[];
}

/** Says in the API's description what the route does and answers. */
export const Answers = (summary: string, type?: Type): MethodDecorator =>
  SetMetadata(ANSWERS, { summary, ...(type && { type }) } satisfies Answered);

/** The same for a page of a collection: `{ [collection]: type[], links }`. */
export const AnswersPage = (summary: string, collection: string, type: Type): MethodDecorator =>
  SetMetadata(ANSWERS, { summary, type, collection } satisfies Answered);

/** The same for a text in a format that is not the API's own. */
export const AnswersText = (summary: string, media: readonly string[]): MethodDecorator =>
  SetMetadata(ANSWERS, { summary, media } satisfies Answered);

export const TAKES = 'craton:takes';

/** Says in the API's description that the body is a text in one of these media types, whose path is among those of `leaveRaw`. */
export const TakesText = (media: readonly string[]): MethodDecorator => SetMetadata(TAKES, media);

/** For a controller that is made several times: the API's description knows operations by the names of their controllers. */
export const named = (controller: Type, kind: string, suffix: string): Type => {
  const name = kind.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.defineProperty(controller, 'name', { value: `${name}${suffix}` });
};
