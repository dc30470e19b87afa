import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import type { SchedulerConfiguration } from "../../actors/scheduler/configuration/configuration.ts";
import { readConfiguration } from "../../actors/scheduler/configuration/read_configuration.ts";
import { InputError, messageOf } from "./input_error.ts";

/**
 * Reads a file with a KubeSchedulerConfiguration in YAML, as kube-scheduler's `--config` takes it.
 *
 * @throws InputError when there is none, or it says what cannot be done
 * @see https://kubernetes.io/docs/reference/scheduling/config/
 */
export function readSchedulerConfig(path: string): SchedulerConfiguration {
  let parsed: unknown;
  try {
    parsed = load(readFileSync(path, "utf8"));
  } catch (error) {
    throw new InputError(`Cannot read the scheduler's configuration "${path}": ${messageOf(error)}`, { cause: error });
  }
  const found = readConfiguration(parsed);
  if ("configuration" in found) return found.configuration;
  throw new InputError(`Cannot use the scheduler's configuration "${path}": ${found.errors.join("; ")}`);
}
