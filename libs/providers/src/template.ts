import { ProviderFailure, type Subject } from './provider.port.js';

const placeholder = /\{([^{}]*)\}/g;

const facts: Readonly<Record<string, (subject: Subject) => string | null>> = {
  name: ({ name }) => name,
  id: ({ id }) => id,
  ip_address: ({ ipAddress }) => ipAddress,
};

/** What is wrong with a text with placeholders; undefined when nothing is. */
export const templateMistake = (template: string): string | undefined => {
  const unknown = [...template.matchAll(placeholder)].find(([, name]) => !Object.hasOwn(facts, name ?? ''));
  if (unknown)
    return `names ${unknown[0]}; there are ${Object.keys(facts)
      .map((name) => `{${name}}`)
      .join(', ')}`;
  return /[{}]/.test(template.replaceAll(placeholder, '')) ? 'has a brace without the other' : undefined;
};

/** The text with what is known of the subject in its places, written as `write` says. Throws a `ProviderFailure` for what it has not. */
export const filled = (template: string, subject: Subject, write = (text: string) => text): string =>
  template.replaceAll(placeholder, (_, name: string) => {
    const fact = facts[name]?.(subject) ?? null;
    if (fact === null) throw new ProviderFailure('unusable', `a ${subject.kind} has no ${name}`);
    return write(fact);
  });
