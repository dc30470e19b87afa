/**
 * The rules for what a pod waits for, and for the names that it knows.
 */
import type { PodDNSConfig } from "kubernetes-types/core/v1.js";
import { duplicate, type FieldError, invalid, required } from "../field_error.ts";
import type { Frozen, PodSpec } from "../types.ts";
import { ipErrors } from "./addresses.ts";
import { dnsSubdomainErrors, labelKeyErrors } from "./names.ts";

const nameserversMax = 3;
const searchesMax = 32;
const searchCharsMax = 2_048;

/** What is wrong with what a pod waits for. */
export function validatePodGates(spec: Frozen<PodSpec>, at: string): FieldError[] {
  return [...readinessErrors(spec, `${at}.readinessGates`), ...gateErrors(spec, `${at}.schedulingGates`)];
}

function readinessErrors({ readinessGates = [] }: Frozen<PodSpec>, at: string): FieldError[] {
  return readinessGates.flatMap(({ conditionType }, index) =>
    labelKeyErrors(conditionType).map((text) => invalid(`${at}[${index}].conditionType`, conditionType, text)),
  );
}

function gateErrors({ schedulingGates = [] }: Frozen<PodSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { name }] of schedulingGates.entries()) {
    for (const text of labelKeyErrors(name)) errors.push(invalid(`${at}[${index}]`, name, text));
    if (seen.has(name)) errors.push(duplicate(`${at}[${index}]`, name));
    seen.add(name);
  }
  return errors;
}

/** What is wrong with names that a pod knows by itself. */
export function validateHostAliases({ hostAliases = [] }: Frozen<PodSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, { ip = "", hostnames = [] }] of hostAliases.entries()) {
    for (const text of ipErrors(ip)) errors.push(invalid(`${at}[${index}].ip`, ip, text));
    for (const [place, name] of hostnames.entries()) {
      for (const text of dnsSubdomainErrors(name))
        errors.push(invalid(`${at}[${index}].hostnames[${place}]`, name, text));
    }
  }
  return errors;
}

/** What is wrong with how a pod's names are looked up. */
export function dnsErrors(
  config: Frozen<PodDNSConfig> | undefined,
  { at, isNeeded }: { at: string; isNeeded: boolean },
) {
  if (isNeeded) {
    if (config === undefined) return [required(at, "must provide `dnsConfig` when `dnsPolicy` is None")];
    if ((config.nameservers ?? []).length === 0) {
      return [required(`${at}.nameservers`, "must provide at least one DNS nameserver when `dnsPolicy` is None")];
    }
  }
  const { nameservers = [], searches = [], options = [] } = config ?? {};
  const errors: FieldError[] = [];
  const wrong = (field: string, value: unknown, text: string) => errors.push(invalid(`${at}.${field}`, value, text));
  if (nameservers.length > nameserversMax) {
    wrong("nameservers", nameservers, `must not have more than ${nameserversMax} nameservers`);
  }
  for (const [index, address] of nameservers.entries()) {
    for (const text of ipErrors(address)) wrong(`nameservers[${index}]`, address, text);
  }
  if (searches.length > searchesMax) wrong("searches", searches, `must not have more than ${searchesMax} search paths`);
  if (searches.join(" ").length > searchCharsMax) {
    wrong(
      "searches",
      searches,
      `must not have more than ${searchCharsMax} characters (including spaces) in the search list`,
    );
  }
  for (const [index, search] of searches.entries()) {
    if (search === ".") continue;
    const name = search.replace(/\.$/, "").replaceAll("_", "-");
    for (const text of dnsSubdomainErrors(name)) wrong(`searches[${index}]`, search, text);
  }
  for (const [index, { name }] of options.entries()) {
    if (!name) errors.push(required(`${at}.options[${index}]`, "must not be empty"));
  }
  return errors;
}
