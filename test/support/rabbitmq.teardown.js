export default async () => globalThis.stopTestBroker?.();
