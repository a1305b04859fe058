import { _, type Ajv2020, type KeywordErrorDefinition } from 'ajv/dist/2020.js';

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

const comparing = {
  uniqueItems: {
    type: 'array',
    schemaType: 'boolean',
    error: { message: 'must not have the same item twice' },
    validate: (wanted: boolean, items: readonly unknown[]) =>
      !wanted || new Set(items.map(canonical)).size === items.length,
  },
  const: {
    error: { message: 'must be equal to the constant of the schema' },
    compile: (wanted: unknown) => {
      const text = canonical(wanted);
      return (value: unknown) => canonical(value) === text;
    },
  },
  enum: {
    schemaType: 'array',
    error: {
      message: 'must be equal to one of the values of the schema',
      params: ({ schemaCode }) => _`{allowedValues: ${schemaCode}}`,
    } satisfies KeywordErrorDefinition,
    compile: (wanted: readonly unknown[]) => {
      const texts = new Set(wanted.map(canonical));
      return (value: unknown) => texts.has(canonical(value));
    },
  },
} as const;

/**
 * Has values compared as texts by `const`, `enum` and `uniqueItems`, for schemas and values of strangers: Ajv's own compare each item
 * with each, which for a list of a hundred thousand takes minutes, and stumble over objects with members named `valueOf`.
 */
export const compareByText = (ajv: Ajv2020): Ajv2020 => {
  for (const keyword of Object.keys(comparing)) ajv.removeKeyword(keyword);
  for (const [keyword, definition] of Object.entries(comparing)) ajv.addKeyword({ keyword, ...definition });
  return ajv;
};
