export default async () => globalThis.endHarness?.();
