import { duplicate, type FieldError, fieldErrorText, invalid, required } from "../../api/field_error.ts";
import type { Plugin } from "../framework.ts";
import { all } from "../plugins/all.ts";
import { argumentFields, type PluginArguments, type ScoredResource, type ScoringStrategy } from "./arguments.ts";
import { type SchedulerConfiguration, type SchedulerProfile, schedulerNameDefault } from "./configuration.ts";
import { type PluginSet, points } from "./points.ts";

/** A configuration, or all that is wrong with it, in Kubernetes' words. */
export type ReadConfiguration =
  | { readonly configuration: SchedulerConfiguration }
  | { readonly errors: readonly string[] };

type Fields = Readonly<Record<string, unknown>>;

const apiVersion = "kubescheduler.config.k8s.io/v1";
const kind = "KubeSchedulerConfiguration";
const plugins: readonly Plugin[] = all;
/** What is said of a process, which does not matter here, and is not looked at. */
const ofProcesses = [
  ...["apiVersion", "kind", "clientConnection", "leaderElection", "enableProfiling", "enableContentionProfiling"],
  ...["parallelism", "delayCacheUntilActive"],
];
const ofScheduling = ["profiles", "percentageOfNodesToScore", "podInitialBackoffSeconds", "podMaxBackoffSeconds"];

/**
 * Reads a KubeSchedulerConfiguration, as YAML was parsed to it.
 *
 * @see https://kubernetes.io/docs/reference/config-api/kube-scheduler-config.v1/
 */
export function readConfiguration(value: unknown): ReadConfiguration {
  if (!isFields(value)) return { errors: ["it must be an object"] };
  if (value.apiVersion !== apiVersion || value.kind !== kind) {
    const found = `"${value.kind}" of "${value.apiVersion}"`;
    return { errors: [`no kind ${found} is registered, give ${kind} of ${apiVersion}`] };
  }
  const unknown = strangers(value, "", [...ofProcesses, ...ofScheduling, "extenders"]);
  if (unknown.length > 0) return { errors: unknown };
  if (isList(value.extenders) && value.extenders.length > 0) {
    return { errors: ["extenders: webhooks that extend the scheduler are not called here, remove them"] };
  }
  const given = (value.profiles ?? []) as readonly unknown[];
  const shapes = isList(given) ? given.flatMap(shapeErrors) : ["profiles: expected a list"];
  if (shapes.length > 0) return { errors: shapes };
  const profiles = given.map((each) => ({
    schedulerName: schedulerNameDefault,
    ...(each as object),
  })) as SchedulerProfile[];
  const configuration = { ...pick(value, ofScheduling), ...(profiles.length > 0 ? { profiles } : {}) };
  const errors = errorsOf(configuration);
  return errors.length > 0 ? { errors: errors.map(fieldErrorText) } : { configuration };
}

function pick(fields: Fields, names: readonly string[]): SchedulerConfiguration {
  return Object.fromEntries(names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])));
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function strangers(fields: Fields, path: string, known: readonly string[]): string[] {
  const names = Object.keys(fields).filter((name) => !known.includes(name));
  return names.map((name) => `strict decoding error: unknown field "${path}${name}"`);
}

/** What is not shaped as a profile is: all else may then rely on it. */
function shapeErrors(profile: unknown, index: number): string[] {
  const path = `profiles[${index}].`;
  if (!isFields(profile)) return [`profiles[${index}]: expected an object`];
  const errors = strangers(profile, path, ["schedulerName", "percentageOfNodesToScore", "plugins", "pluginConfig"]);
  const { plugins: sets = {}, pluginConfig = [] } = profile;
  if (!isFields(sets)) errors.push(`${path}plugins: expected an object`);
  else {
    errors.push(...strangers(sets, `${path}plugins.`, [...points, "multiPoint"]));
    for (const [at, set] of Object.entries(sets)) errors.push(...setErrors(set, `${path}plugins.${at}`));
  }
  if (!isList(pluginConfig)) return [...errors, `${path}pluginConfig: expected a list`];
  pluginConfig.forEach((each, at) => void errors.push(...argumentErrors(each, `${path}pluginConfig[${at}]`)));
  return errors;
}

function setErrors(set: unknown, path: string): string[] {
  if (!isFields(set)) return [`${path}: expected an object`];
  const errors = strangers(set, `${path}.`, ["enabled", "disabled"]);
  const { enabled = [], disabled = [] } = set as PluginSet;
  for (const [where, list] of Object.entries({ enabled, disabled })) {
    if (!isList(list) || !list.every((each) => isFields(each) && typeof each.name === "string")) {
      errors.push(`${path}.${where}: expected a list of names`);
    } else if (where === "enabled") {
      for (const { name } of list) if (!isKnown(name)) errors.push(`${path}.enabled: plugin "${name}" does not exist`);
    }
  }
  return errors;
}

function isKnown(name: string): boolean {
  return plugins.some((each) => each.name === name);
}

function argumentErrors(config: unknown, path: string): string[] {
  if (!isFields(config) || typeof config.name !== "string") return [`${path}: expected a plugin's name and args`];
  const errors = strangers(config, `${path}.`, ["name", "args"]);
  const { name, args = {} } = config;
  if (!isFields(args)) return [...errors, `${path}.args: expected an object`];
  const isConfigurable = Object.hasOwn(argumentFields, name);
  if (!isConfigurable)
    return isKnown(name)
      ? [...errors, `${path}: plugin "${name}" takes no args here`]
      : [...errors, `${path}: plugin "${name}" does not exist`];
  const known = argumentFields[name as keyof PluginArguments];
  return [...errors, ...strangers(args, `${path}.args.`, ["apiVersion", "kind", ...known])];
}

function errorsOf(configuration: SchedulerConfiguration): FieldError[] {
  const { profiles = [], podInitialBackoffSeconds = 1, podMaxBackoffSeconds = 10 } = configuration;
  const errors = percentageErrors("percentageOfNodesToScore", configuration.percentageOfNodesToScore);
  if (podInitialBackoffSeconds <= 0)
    errors.push(invalid("podInitialBackoffSeconds", podInitialBackoffSeconds, "must be greater than 0"));
  if (podMaxBackoffSeconds < podInitialBackoffSeconds) {
    const why = "must be greater than or equal to PodInitialBackoffSeconds";
    errors.push(invalid("podMaxBackoffSeconds", podMaxBackoffSeconds, why));
  }
  profiles.forEach((profile, index) => {
    const path = `profiles[${index}]`;
    const { schedulerName, pluginConfig = [] } = profile;
    if (schedulerName === "") errors.push(required(`${path}.schedulerName`));
    const before = profiles.findIndex((each) => each.schedulerName === schedulerName);
    if (before < index) errors.push(duplicate(`${path}.schedulerName`, `profiles[${before}].schedulerName`));
    errors.push(...percentageErrors(`${path}.percentageOfNodesToScore`, profile.percentageOfNodesToScore));
    pluginConfig.forEach(({ name, args = {} }, at) => {
      const argsPath = `${path}.pluginConfig[${at}]`;
      if (pluginConfig.findIndex((each) => each.name === name) < at) errors.push(duplicate(argsPath, name));
      errors.push(...valueErrors(name, args as Partial<AllArguments>, `${argsPath}.args`));
    });
  });
  return errors;
}

function percentageErrors(field: string, value: number | undefined): FieldError[] {
  return value === undefined || (value >= 0 && value <= 100)
    ? []
    : [invalid(field, value, "not in valid range [0-100]")];
}

type AllArguments = PluginArguments["DefaultPreemption"] &
  PluginArguments["InterPodAffinity"] &
  PluginArguments["NodeResourcesBalancedAllocation"] &
  PluginArguments["NodeResourcesFit"] &
  PluginArguments["PodTopologySpread"] &
  PluginArguments["VolumeBinding"];

/** What Kubernetes judges of the arguments' values. */
function valueErrors(name: keyof PluginArguments, args: Partial<AllArguments>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { hardPodAffinityWeight = 1, minCandidateNodesPercentage = 10, minCandidateNodesAbsolute = 100 } = args;
  if (hardPodAffinityWeight < 0 || hardPodAffinityWeight > 100)
    errors.push(invalid(`${path}.hardPodAffinityWeight`, hardPodAffinityWeight, "not in valid range [0-100]"));
  if (minCandidateNodesPercentage < 0 || minCandidateNodesPercentage > 100) {
    const field = `${path}.minCandidateNodesPercentage`;
    errors.push(invalid(field, minCandidateNodesPercentage, "not in valid range [0, 100]"));
  }
  if (minCandidateNodesAbsolute < 0)
    errors.push(invalid(`${path}.minCandidateNodesAbsolute`, minCandidateNodesAbsolute, "not in valid range (0, inf)"));
  if (args.defaultConstraints?.length && args.defaultingType !== "List") {
    const why = "when .defaultingType is not List";
    errors.push(
      invalid(`${path}.defaultingType`, args.defaultingType ?? "System", `defaultConstraints must be empty ${why}`),
    );
  }
  if ((args.bindTimeoutSeconds ?? 600) < 0)
    errors.push(
      invalid(
        `${path}.bindTimeoutSeconds`,
        args.bindTimeoutSeconds,
        "invalid BindTimeoutSeconds, should not be a negative value",
      ),
    );
  if (name === "NodeResourcesBalancedAllocation")
    errors.push(...resourceErrors(args.resources, `${path}.resources`, 1));
  if (args.scoringStrategy) errors.push(...strategyErrors(args.scoringStrategy, `${path}.scoringStrategy`));
  return errors;
}

const strategies = ["LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"];

function strategyErrors(
  { type = "LeastAllocated", resources, requestedToCapacityRatio }: ScoringStrategy,
  path: string,
) {
  if (!strategies.includes(type)) return [invalid(`${path}.type`, type, `supported values: ${strategies.join(", ")}`)];
  const errors = resourceErrors(resources, `${path}.resources`, 100);
  if (type !== "RequestedToCapacityRatio") return errors;
  const shapePath = `${path}.requestedToCapacityRatio.shape`;
  const shape = requestedToCapacityRatio?.shape ?? [];
  if (shape.length === 0) errors.push(required(shapePath, "at least one point must be specified"));
  shape.forEach(({ utilization, score }, index) => {
    if (utilization < 0 || utilization > 100)
      errors.push(invalid(`${shapePath}[${index}].utilization`, utilization, "not in valid range [0-100]"));
    if (score < 0 || score > 10)
      errors.push(invalid(`${shapePath}[${index}].score`, score, "not in valid range [0-10]"));
    if (index > 0 && utilization <= (shape[index - 1]?.utilization ?? 0))
      errors.push(
        invalid(
          `${shapePath}[${index}].utilization`,
          utilization,
          "utilization values must be sorted in increasing order",
        ),
      );
  });
  return errors;
}

function resourceErrors(resources: readonly ScoredResource[] = [], path: string, weightMax: number): FieldError[] {
  return resources.flatMap(({ weight = 1 }, index) =>
    weight > 0 && weight <= weightMax
      ? []
      : [invalid(`${path}[${index}].weight`, weight, weightMax === 1 ? "must be 1" : "not in valid range (0, 100]")],
  );
}
