/** The ports from which connections are opened, for each IP of a node. */
export interface Ports {
  /** A port that is not in use; undefined when all are. */
  take(ip: string): number | undefined;
  free(ip: string, port: number): void;
  /** The IP is nobody's any more. */
  forget(ip: string): void;
}

/** As Linux has them by default. */
const portFirst = 32_768;
const portCount = 28_232;

/** Makes the ports of a node: they are given out in turn from `start` on, so that one that was freed rests for long. */
export function createPorts(start: number): Ports {
  const byIp = new Map<string, { last: number; readonly used: Set<number> }>();
  return {
    take(ip) {
      const ports = byIp.get(ip) ?? { last: start % portCount, used: new Set() };
      byIp.set(ip, ports);
      if (ports.used.size >= portCount) return undefined;
      do ports.last = (ports.last + 1) % portCount;
      while (ports.used.has(ports.last));
      ports.used.add(ports.last);
      return portFirst + ports.last;
    },
    free: (ip, port) => void byIp.get(ip)?.used.delete(port - portFirst),
    forget: (ip) => void byIp.delete(ip),
  };
}
