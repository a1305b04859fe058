import { Injectable, type OnModuleInit, RequestMethod, type Type } from '@nestjs/common';
import {
  HTTP_CODE_METADATA,
  METHOD_METADATA,
  PATH_METADATA,
  ROUTE_ARGS_METADATA,
} from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import 'reflect-metadata';
import type { Permission } from '#libs/access/src/access.policy.js';
import { ANSWERS, type Answered, REQUIRES, TAKES } from './requires.js';

type Handler = (...parameters: never[]) => unknown;

/** One route as its controller declares it. */
export interface Route {
  readonly controller: string;
  readonly name: string;
  readonly handler: Handler;
  readonly method: string;
  /** With parameters as `:name`. */
  readonly path: string;
  readonly permission: Permission | 'public';
  /** What `@HttpCode` says; undefined: what the method says. */
  readonly status: number | undefined;
  readonly answers: Answered;
  readonly body: Type | undefined;
  readonly query: Type | undefined;
  /** Media types of a body that is not read before the route is reached. */
  readonly takes: readonly string[] | undefined;
}

const parameterType = (prototype: object, name: string, kind: RouteParamtypes): Type | undefined => {
  const decorated = (Reflect.getMetadata(ROUTE_ARGS_METADATA, prototype.constructor, name) ?? {}) as object;
  const types = Reflect.getMetadata('design:paramtypes', prototype, name) as Type[] | undefined;
  const key = Object.keys(decorated).find((one) => one.startsWith(`${kind}:`));
  return key === undefined ? undefined : types?.[Number(key.split(':')[1])];
};

const joined = (...parts: readonly string[]): string =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;

/** Every route of the process, read once from the controllers: what the guard, the API's description and 405 go by. */
@Injectable()
export class Routes implements OnModuleInit {
  private readonly byHandler = new Map<unknown, Route>();
  private patterns: readonly (readonly [RegExp, string])[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** Throws when a route does not say who may use it, or what it answers. */
  onModuleInit(): void {
    for (const { instance, metatype } of this.discovery.getControllers()) {
      if (!instance || !metatype) continue;
      const prototype = Object.getPrototypeOf(instance) as object;
      for (const name of this.scanner.getAllMethodNames(prototype))
        this.add(metatype as Type, prototype, name);
    }
    this.patterns = this.all().map(({ path, method }) => [
      new RegExp(`^${path.replaceAll('.', '\\.').replace(/:[^/]+/g, '[^/]+')}$`),
      method,
    ]);
  }

  all(): readonly Route[] {
    return [...this.byHandler.values()];
  }

  of(handler: unknown): Route {
    const route = this.byHandler.get(handler);
    if (!route) throw new Error('a route appeared after the start');
    return route;
  }

  /** The methods that something answers to at this path. */
  methodsAt(path: string): readonly string[] {
    const methods = new Set(
      this.patterns.filter(([pattern]) => pattern.test(path)).map(([, method]) => method),
    );
    if (methods.has('GET')) methods.add('HEAD');
    return [...methods].toSorted();
  }

  private add(controller: Type, prototype: object, name: string): void {
    const handler = (prototype as Record<string, Handler>)[name] as Handler;
    const path = Reflect.getMetadata(PATH_METADATA, handler) as string | undefined;
    if (path === undefined) return;
    const permission = (Reflect.getMetadata(REQUIRES, handler) ??
      Reflect.getMetadata(REQUIRES, controller)) as Permission | 'public' | undefined;
    const answers = Reflect.getMetadata(ANSWERS, handler) as Answered | undefined;
    const where = `${controller.name}.${name}`;
    if (!permission) throw new Error(`${where} must say who may use it: @Requires(...) or @Public()`);
    if (!answers) throw new Error(`${where} must say what it answers: @Answers(...)`);
    this.byHandler.set(handler, {
      controller: controller.name,
      name,
      handler,
      method: RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod] as string,
      path: joined(Reflect.getMetadata(PATH_METADATA, controller) as string, path),
      permission,
      status: Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number | undefined,
      answers,
      body: parameterType(prototype, name, RouteParamtypes.BODY),
      query: parameterType(prototype, name, RouteParamtypes.QUERY),
      takes: Reflect.getMetadata(TAKES, handler) as readonly string[] | undefined,
    });
  }
}
