import { eventStoreContract } from './event-store.suite.js';
import { sqliteUnderTest } from './sqlite.support.js';

eventStoreContract('the SQLite log', sqliteUnderTest);
