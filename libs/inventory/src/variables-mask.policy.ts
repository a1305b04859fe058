import type { Json } from '#libs/kernel/src/json.js';
import { masks } from '#libs/kernel/src/masks.js';
import type { ApiKeyIssued } from './project.events.js';
import type { VariablesBound, VariablesResealed, VariablesSet } from './variables.events.js';

type Members = Readonly<Record<string, Json>>;

const maskedAll = (members: object, nature: keyof typeof masks): Members =>
  Object.fromEntries(Object.keys(members).map((key) => [key, masks[nature]]));

const maskedSome = (values: Members, secrets: readonly string[]): Members => ({
  ...values,
  ...Object.fromEntries(secrets.map((key) => [key, masks.secret])),
});

/** The data of any event as people may see it: what is sealed or bound is masked, hashes are left out, everything else as it is. */
export const shownData = (type: string, data: object): object => {
  switch (type) {
    case 'VariablesSet': {
      const { secrets, values } = data as VariablesSet['data'];
      return secrets ? { ...data, values: maskedSome(values, secrets) } : data;
    }
    case 'VariablesBound':
      return { ...data, bindings: maskedAll((data as VariablesBound['data']).bindings, 'bound') };
    case 'VariablesResealed':
      return { ...data, seals: maskedAll((data as VariablesResealed['data']).seals, 'secret') };
    case 'ApiKeyIssued': {
      const { hash: _hash, ...shown } = data as ApiKeyIssued['data'];
      return shown;
    }
    default:
      return data;
  }
};
