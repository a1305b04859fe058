import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DCLinter } from 'dclint';
import { validate, ValidationSeverity } from 'dockerfile-utils';
import { parse } from 'yaml';
import { readConfig } from '#libs/platform/src/config/config.js';

interface Service {
  image: string;
  command?: string[];
  environment: Record<string, string>;
  build?: unknown;
}

const compose = 'docker/compose.yaml';
const services = (
  parse(readFileSync(compose, 'utf8'), { merge: true }) as { services: Record<string, Service> }
).services;
const ours = Object.entries(services).filter(([, { build }]) => build !== undefined);

const schemaErrors = (path: string) =>
  new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] })
    .lintFiles([path], false)
    .flatMap(({ messages }: { messages: { rule: string }[] }) => messages)
    .filter(({ rule }: { rule: string }) => rule.startsWith('invalid'));

describe('the compose file', () => {
  it('fits the schema of the compose specification', () => {
    expect(schemaErrors(compose)).toEqual([]);
    const wrong = join(mkdtempSync(join(tmpdir(), 'craton-compose-')), 'compose.yaml');
    writeFileSync(wrong, readFileSync(compose, 'utf8').replace('restart:', 'restrat:'));
    expect(schemaErrors(wrong)).not.toEqual([]);
  });

  it('starts the programs that there are, each a process of its own', () => {
    const programs = ours.map(([, { command }]) => command?.join(' ').replace(/^dist\/(.*)\.js$/, '$1.ts'));
    expect(programs).toEqual(['gateway', 'engine', 'publisher'].map((app) => `apps/${app}/src/main.ts`));
    expect(programs.filter((program) => !existsSync(program ?? ''))).toEqual([]);
  });

  it('configures them as they want to be configured', () => {
    for (const [, { environment }] of ours) {
      const plain = Object.entries(environment).map(([key, value]) => [
        key,
        value.replace(/\$\{\w+:-(\w*)\}/g, '$1'),
      ]);
      expect(() => readConfig(Object.fromEntries(plain))).not.toThrow();
    }
  });

  it('asks every service for its health', () => {
    const own = readFileSync('docker/Dockerfile', 'utf8').includes('HEALTHCHECK');
    const unasked = Object.entries(services).filter(
      ([, service]) => !('healthcheck' in service || (service.build && own)),
    );
    expect(unasked.map(([name]) => name)).toEqual([]);
  });
});

describe('the Dockerfile', () => {
  const text = readFileSync('docker/Dockerfile', 'utf8');

  it('is valid', () => {
    expect(validate(text).filter(({ severity }) => severity === ValidationSeverity.ERROR)).toEqual([]);
  });

  it('runs as somebody without privileges in its last stage', () => {
    const last = text.slice(text.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER node$/m);
    expect(last.indexOf('USER node')).toBeLessThan(last.indexOf('ENTRYPOINT'));
  });
});
