// Run by a test in a process of its own: two clients, one of which loses its server while the other waits for an answer.
// Arguments: both addresses, and the guard's source or "unguarded".
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';

const [, , waitingAddress, lostAddress, guardSource] = process.argv;
const told = (line) => process.stdout.write(`${line}\n`);
const connect = (address) => EventStoreDBClient.connectionString(address);
const append = (client) =>
  client.appendToStream('tested-1', jsonEvent({ type: 'T', data: {} }), { expectedRevision: 'any' });

const clients = [connect(waitingAddress), connect(lostAddress)];
const defective = async () => {
  told('noticed');
  await append(connect(waitingAddress));
  told('works again');
  process.exit(0);
};
if (guardSource !== 'unguarded') (await import(guardSource)).holdGuard(() => void defective());

await Promise.all(clients.map(append));
told('ready');
process.stdin.once('data', () => {
  append(clients[0]).catch(() => told('rejected'));
  told('waiting');
});
