/**
 * The rules for where somebody is reached from outside.
 */
import { type FieldError, forbidden, invalid, notSupported } from "../field_error.ts";
import { ipErrors, isIpv4, isIpv6 } from "./addresses.ts";
import { dnsSubdomainErrors } from "./names.ts";

interface Ingress {
  readonly ip?: string;
  readonly ipMode?: string;
  readonly hostname?: string;
}

/** A name has to be there, as an address has a field of its own. */
export const noAddress = "must be a DNS name, not an IP address";
const ipModes = ["Proxy", "VIP"];

/** Whether a text is an address of either family. */
export const isAddress = (text: string): boolean => isIpv4(text) || isIpv6(text);

/** What is wrong with the addresses and names of a balancer. */
export function balancerErrors(
  status: { readonly ingress?: readonly Ingress[] } | undefined,
  at: string,
): FieldError[] {
  return (status?.ingress ?? []).flatMap(({ ip = "", ipMode, hostname = "" }, index) => {
    const here = `${at}.ingress[${index}]`;
    const texts = hostname === "" ? [] : dnsSubdomainErrors(hostname);
    return [
      ...(ip === "" ? [] : ipErrors(ip)).map((text) => invalid(`${here}.ip`, ip, text)),
      ...modeErrors(ip, ipMode, `${here}.ipMode`),
      ...[...texts, ...(isAddress(hostname) ? [noAddress] : [])].map((text) =>
        invalid(`${here}.hostname`, hostname, text),
      ),
    ];
  });
}

function modeErrors(ip: string, mode: string | undefined, at: string): FieldError[] {
  if (mode === undefined) return [];
  if (ip === "") return [forbidden(at, "may not be specified when `ip` is not set")];
  return ipModes.includes(mode) ? [] : [notSupported(at, mode, ipModes)];
}
