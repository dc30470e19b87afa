/** What is asked through a proxy: `name`, `name:port`, or `https:name:port`. */
export interface ProxyName {
  /** Default: none was said. */
  readonly scheme: "" | "http" | "https";
  readonly name: string;
  /** A number or a name; empty where none was said. */
  readonly port: string;
}

/** Reads it; undefined if it is none. */
export function proxyNameOf(text: string): ProxyName | undefined {
  const parts = text.split(":");
  const [scheme, name, port] = parts.length === 3 ? parts : ["", ...parts];
  if (parts.length > 3 || name === undefined || name === "") return undefined;
  if (scheme !== "" && scheme !== "http" && scheme !== "https") return undefined;
  if (port !== undefined && port !== "" && !isPort(port)) return undefined;
  return { scheme, name, port: port ?? "" };
}

/** A number, or the name of a port (RFC 6335, as Kubernetes takes it). */
function isPort(text: string): boolean {
  if (/^\d+$/.test(text)) return Number(text) > 0 && Number(text) <= 65_535;
  return (
    text.length <= 15 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text) && /[a-z]/.test(text) && !text.includes("--")
  );
}
