import { prepare } from './harness.ts';

export default async () => {
  globalThis.endHarness = await prepare();
};
