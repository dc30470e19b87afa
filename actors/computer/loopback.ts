/**
 * Each sandbox has a loopback of its own: inside a computer its addresses are written with the sandbox's id behind them,
 * `127.0.0.1%ID`, so that they are no one else's. The node's own loopback has none.
 */
export function scoped(ip: string, sandbox: string): string {
  return `${ip}%${sandbox}`;
}

/** Whether an address is loopback, of a sandbox or of the node. */
export function isLoopback(ip: string): boolean {
  return ip.startsWith("127.") || ip === "::1" || ip.startsWith("::1%");
}

/** The loopback address that speaks with another one. */
export function loopbackOf(ip: string): string {
  return ip.includes(":") ? "::1" : "127.0.0.1";
}

/** The sandbox whose loopback it is; undefined for all other addresses. */
export function scopeOf(ip: string): string | undefined {
  const at = ip.indexOf("%");
  return at < 0 ? undefined : ip.slice(at + 1);
}

/** The address as processes see it. */
export function unscoped(ip: string): string {
  const at = ip.indexOf("%");
  return at < 0 ? ip : ip.slice(0, at);
}
