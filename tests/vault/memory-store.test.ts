import { MemoryStore } from '../../src/vault/memory-store.ts';
import { storeConformance } from './store-conformance.ts';

storeConformance('memory', async () => new MemoryStore());
