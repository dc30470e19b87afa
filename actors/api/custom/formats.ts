import { parseTime } from "../time.ts";
import { cidrErrors, isIpv4, isIpv6 } from "../validation/addresses.ts";
import { dnsSubdomainErrors } from "../validation/names.ts";

/** What texts of each format are; formats that are not here mean nothing, as in Kubernetes. */
const formats: Readonly<Record<string, (text: string) => boolean>> = {
  byte: (text) => /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0,
  cidr: (text) => cidrErrors(text).length === 0,
  date: (text) => /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(text),
  "date-time": (text) => parseTime(text) !== undefined,
  datetime: (text) => parseTime(text) !== undefined,
  duration: (text) => /^-?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d|w))+$|^0$/.test(text),
  email: (text) => /^[^@\s]+@[^@\s]+$/.test(text),
  hostname: (text) => dnsSubdomainErrors(text.toLowerCase()).length === 0,
  ip: (text) => isIpv4(text) || isIpv6(text),
  ipv4: isIpv4,
  ipv6: isIpv6,
  mac: (text) => /^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$/.test(text),
  uri: (text) => /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(text) || text.startsWith("/"),
  uuid: (text) => /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text),
};

/** Whether a text is of a format. */
export function isOfFormat(text: string, format: string): boolean {
  return !Object.hasOwn(formats, format) || formats[format]?.(text) === true;
}
