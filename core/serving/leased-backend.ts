import type { Leases } from '../training/leases.ts';
import type { Backend } from './backend.ts';

/** The backend, whose bundles other processes leave alone as long as it holds them. */
export const leasedBackend = (backend: Backend, leases: Leases): Backend => ({
  ...backend,
  load: async (id, like) => {
    await leases.take(id);
    try {
      return await backend.load(id, like);
    } catch (error) {
      await leases.release(id);
      throw error;
    }
  },
  free: (id) => {
    backend.free(id);
    void leases.release(id);
  },
});
