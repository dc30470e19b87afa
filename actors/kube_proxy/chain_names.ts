import { sha256 } from "../kit/sha256.ts";
import { hostPort } from "../network/ip.ts";
import type { ServicePortRule, Target } from "./messages.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const suffixLength = 16;
/** A name has 255 letters at most, and the longest that says what it is for has 16. */
const baseLengthMax = 240;
const baseHashLength = 8;

/** The chains of one Service's port: for each what it begins with says what it is for. */
export interface ServiceChains {
  /** Sends to the endpoints of the policy `Cluster`. */
  readonly cluster: string;
  /** Sends to the endpoints of the policy `Local`. */
  readonly local: string;
  /** What external traffic goes through first. */
  readonly external: string;
  /** Holds who may use a load balancer's IP. */
  readonly firewall: string;
}

/** The names of a port's chains: a chain's name is short, so it is a hash. */
export function serviceChains({ name, protocol }: Pick<ServicePortRule, "name" | "protocol">): ServiceChains {
  const suffix = hashed(name + protocol);
  return {
    cluster: `KUBE-SVC-${suffix}`,
    local: `KUBE-SVL-${suffix}`,
    external: `KUBE-EXT-${suffix}`,
    firewall: `KUBE-FW-${suffix}`,
  };
}

/** The name of the chain that sends to one endpoint of a port. */
export function endpointChain(
  { name, protocol }: Pick<ServicePortRule, "name" | "protocol">,
  { ip, port }: Target,
): string {
  return `KUBE-SEP-${hashed(`${name}${protocol}${hostPort({ ip, port })}`)}`;
}

/** The chains of one Service's port in nftables, where names may be long. */
export function chainNames(rule: Pick<ServicePortRule, "name" | "protocol">): ServiceChains {
  const base = longName(portName(rule));
  return {
    cluster: `service-${base}`,
    local: `local-${base}`,
    external: `external-${base}`,
    firewall: `firewall-${base}`,
  };
}

/** In nftables: the chain that sends to one endpoint of a port, and the set of who keeps to it. */
export function endpointNames(
  rule: Pick<ServicePortRule, "name" | "protocol">,
  { ip, port }: Target,
): { readonly endpoint: string; readonly affinity: string } {
  const base = longName(`${portName(rule)}__${ip.replaceAll(":", ".")}/${port}`);
  return { endpoint: `endpoint-${base}`, affinity: `affinity-${base}` };
}

/** `namespace/service/protocol/port`, as a rule's name has no protocol. */
function portName({ name, protocol }: Pick<ServicePortRule, "name" | "protocol">): string {
  const [service = "", port = ""] = name.split(":");
  return `${service}/${protocol}/${port}`;
}

/** A hash tells apart what is cut off. */
function longName(text: string): string {
  const name = `${hashed(text, baseHashLength)}-${text}`;
  return name.length > baseLengthMax ? `${name.slice(0, baseLengthMax - 3)}...` : name;
}

/** The first characters of the SHA-256 in base 32. */
function hashed(text: string, length = suffixLength): string {
  const digest = sha256(new TextEncoder().encode(text));
  let encoded = "";
  let bits = 0;
  let held = 0;
  for (const byte of digest) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) encoded += alphabet[(held >>> (bits - 5)) & 31] ?? "";
    held &= (1 << bits) - 1;
    if (encoded.length >= length) break;
  }
  return encoded.slice(0, length);
}
