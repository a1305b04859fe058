import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { ModulesContainer } from '@nestjs/core';
import { Command } from '@nestjs/cqrs';
import { EngineModule } from '#apps/engine/src/engine.module.js';
import { startGateway } from '#test/support/gateway.js';

type Class = abstract new (...parameters: never[]) => unknown;

// What `@CommandHandler` leaves on a handler: the command that it takes.
const marked = '__commandHandler__';

const isCommand = (value: unknown): value is Class =>
  typeof value === 'function' && value.prototype instanceof Command;

describe('commands', () => {
  it('have one handler each: of two, one would win silently', async () => {
    const files = globSync('libs/*/src/**/*.handlers.ts');
    const modules = await Promise.all(files.map((file) => import(resolve(file)) as Promise<object>));
    const commands = modules.flatMap((exported) => Object.values(exported)).filter(isCommand);
    expect(commands.length).toBeGreaterThanOrEqual(7);

    const gateway = await startGateway({ modules: [EngineModule] });
    const providers = [...gateway.app.get(ModulesContainer).values()].flatMap((module) => [
      ...module.providers.values(),
    ]);
    const handled = providers.flatMap(({ metatype }) =>
      metatype ? [Reflect.getMetadata(marked, metatype) as Class | undefined] : [],
    );
    const counted = commands.map((command) => [
      command.name,
      handled.filter((one) => one === command).length,
    ]);
    expect(counted).toEqual(commands.map(({ name }) => [name, 1]));
    await gateway.close();
  });
});
