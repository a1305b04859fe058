import { ValidateBy } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The name of a plugin, or a pointer to one. */
export const PluginName = (): PropertyDecorator => (target, property) => {
  const fits = (value: unknown) =>
    (typeof value === 'string' && value.length >= 1 && value.length <= 63) || isObject(value);
  const defaultMessage = () => 'must be the name of a plugin or a pointer to one';
  ValidateBy({ name: 'pluginName', validator: { validate: fits, defaultMessage } })(target, property);
  const name = { type: 'string', minLength: 1, maxLength: 63 } as const;
  (JSONSchema(() => ({ anyOf: [name, { type: 'object' }] })) as PropertyDecorator)(target, property);
};

/** A number that need not be whole. */
export const Amount =
  (least: number, most: number): PropertyDecorator =>
  (target, property) => {
    const fits = (value: unknown) => typeof value === 'number' && value >= least && value <= most;
    const defaultMessage = () => `must be a number from ${least} to ${most}`;
    ValidateBy({ name: 'amount', validator: { validate: fits, defaultMessage } })(target, property);
    const schema = { type: 'number', minimum: least, maximum: most } as const;
    (JSONSchema(() => schema) as PropertyDecorator)(target, property);
  };

/** Any JSON value. */
export const AnyJson = (): PropertyDecorator => (target, property) => {
  ValidateBy({ name: 'anyJson', validator: { validate: () => true } })(target, property);
  (JSONSchema(() => ({})) as PropertyDecorator)(target, property);
};
