/** What a server remembers between two looks at which node ports are taken. */
export interface PortRepair {
  dueAtMs: number;
  /** Ports that nobody has, and how often they are looked at again before they are free. */
  readonly leaks: Map<string, number>;
  /** What has been told: it is not told again while it is so. */
  told: Set<string>;
}

/** Makes one that looks as soon as the server has what every cluster has. */
export function createPortRepair(): PortRepair {
  return { dueAtMs: 0, leaks: new Map(), told: new Set() };
}
