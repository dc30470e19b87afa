import { readSpec } from "../kit/cdi.ts";
import { failed, ok, type Result } from "../kit/result.ts";
import type { ContainerConfig } from "./messages.ts";

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
