/**
 * How containers are given devices: drivers describe each in a file, and a runtime edits containers as the files say.
 *
 * @see https://github.com/cncf-tags/container-device-interface/blob/main/SPEC.md
 */
import { failed, ok, type Result } from "../kit/result.ts";
import type { ContainerConfig } from "./messages.ts";

/** Where a node has the files. */
export const cdiFolder = "/var/run/cdi";

/** What a file says. */
export interface CdiSpec {
  readonly cdiVersion: string;
  /** `vendor.com/class`: with `=` and a device's name behind it, it names a device among all. */
  readonly kind: string;
  readonly devices: readonly CdiDevice[];
}

/** One device, and what becomes of a container that is given it. */
export interface CdiDevice {
  readonly name: string;
  /** What its driver notes of it for itself. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Variables as `NAME=value`. */
  readonly containerEdits: { readonly env?: readonly string[] };
}

/** A container with what the files say of its devices; fails with the words of a runtime where none tells of one. */
export function withDevices(config: ContainerConfig, files: readonly string[]): Result<ContainerConfig, string> {
  const { cdiDevices = [], ...rest } = config;
  const known = new Map(
    files.flatMap(readSpec).flatMap(({ kind, devices }) => devices.map((d) => [`${kind}=${d.name}`, d])),
  );
  const missing = cdiDevices.filter((name) => !known.has(name));
  if (missing.length > 0) {
    return failed(
      `failed to generate spec: CDI device injection failed: unresolvable CDI devices ${missing.join(", ")}`,
    );
  }
  const env = { ...rest.env };
  for (const name of cdiDevices) {
    for (const variable of known.get(name)?.containerEdits.env ?? []) {
      const at = variable.indexOf("=");
      env[variable.slice(0, at)] = variable.slice(at + 1);
    }
  }
  return ok({ ...rest, env });
}

/** The spec that a file holds; none where it is not one: others' files are left aside, as runtimes do. */
export function readSpec(file: string): readonly CdiSpec[] {
  try {
    const spec = JSON.parse(file) as Partial<CdiSpec> | null;
    const isSpec = typeof spec?.kind === "string" && Array.isArray(spec.devices);
    return isSpec ? [spec as CdiSpec] : [];
  } catch {
    return [];
  }
}
