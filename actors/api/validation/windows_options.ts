import type { WindowsSecurityContextOptions } from "kubernetes-types/core/v1.js";
import { type FieldError, invalid } from "../field_error.ts";
import type { Frozen } from "../types.ts";
import { dnsSubdomainErrors } from "./names.ts";

const specKibMax = 64;
const domainCharsMax = 256;
const userCharsMax = 104;
const netBiosName = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const label = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
const dnsName = new RegExp(`^${label}(?:\\.${label})*$`);

/** What is wrong with options of security that are for Windows alone. */
export function validateWindowsOptions(
  options: Frozen<WindowsSecurityContextOptions> | undefined,
  at: string,
): FieldError[] {
  if (options === undefined) return [];
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options;
  const errors: FieldError[] = [];
  if (name !== undefined) {
    for (const text of dnsSubdomainErrors(name)) errors.push(invalid(`${at}.gmsaCredentialSpecName`, name, text));
  }
  if (spec === "") {
    errors.push(invalid(`${at}.gmsaCredentialSpec`, spec, "gmsaCredentialSpec cannot be an empty string"));
  } else if (spec !== undefined && spec.length > specKibMax * 1_024) {
    const text = `gmsaCredentialSpec size must be under ${specKibMax} KiB`;
    errors.push(invalid(`${at}.gmsaCredentialSpec`, spec, text));
  }
  if (user === undefined) return errors;
  return [...errors, ...userErrors(user).map((text) => invalid(`${at}.runAsUserName`, user, text))];
}

function userErrors(name: string): string[] {
  if (name === "") return ["runAsUserName cannot be an empty string"];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for them
  if (/[\x00-\x1f\x7f]/.test(name)) return ["runAsUserName cannot contain control characters"];
  const parts = name.split("\\");
  if (parts.length > 2) return ["runAsUserName cannot contain more than one backslash"];
  const user = parts.at(-1) ?? "";
  const domain = parts.length === 2 ? (parts[0] ?? "") : undefined;
  const errors: string[] = [];
  if ((domain?.length ?? 0) >= domainCharsMax) {
    errors.push(`runAsUserName's Domain length must be under ${domainCharsMax} characters`);
  }
  if (domain !== undefined && !netBiosName.test(domain) && !dnsName.test(domain)) {
    errors.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  }
  if (user === "") errors.push("runAsUserName's User cannot be empty");
  else if (user.length > userCharsMax) {
    errors.push(`runAsUserName's User length must not be longer than ${userCharsMax} characters`);
  }
  if (/^[. ]+$/.test(user)) errors.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) {
    errors.push("runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]");
  }
  return errors;
}
