/** Which endpoints clients were last sent to, for Services that keep them there. */
export interface Affinity {
  /** The endpoints (`ip:port`) that a client was sent to not longer ago than that. */
  recent(
    service: string,
    client: string,
    since: { readonly nowMs: number; readonly maxAgeMs: number },
  ): readonly string[];
  note(service: string, client: string, sent: { readonly endpoint: string; readonly nowMs: number }): void;
  /** How many clients are remembered. */
  readonly size: number;
}

/** A kernel's list holds a hundred clients an endpoint; one that is full forgets whom it has not seen for longest. */
const clientsMaxDefault = 10_000;

/** Makes a memory without clients. */
export function createAffinity({ clientsMax = clientsMaxDefault }: { readonly clientsMax?: number } = {}): Affinity {
  const clients = new Map<string, Map<string, number>>();
  return {
    recent(service, client, { nowMs, maxAgeMs }) {
      const endpoints = clients.get(`${service}|${client}`);
      if (!endpoints) return [];
      for (const [endpoint, atMs] of endpoints) if (nowMs - atMs > maxAgeMs) endpoints.delete(endpoint);
      return [...endpoints.keys()];
    },
    note(service, client, { endpoint, nowMs }) {
      const key = `${service}|${client}`;
      const endpoints = clients.get(key) ?? new Map<string, number>();
      endpoints.set(endpoint, nowMs);
      // Set anew, it is the last in the map's order.
      clients.delete(key);
      clients.set(key, endpoints);
      const [oldest] = clients.keys();
      if (clients.size > clientsMax && oldest !== undefined) clients.delete(oldest);
    },
    get size() {
      return clients.size;
    },
  };
}
