import { dump, load } from "js-yaml";
import { InputError, messageOf } from "../../cluster/input_error.ts";
import { frontKind } from "./front_engine.ts";
import type { PlannedFault, When } from "./front_kind.ts";
import { all } from "./kinds/all.ts";

const format = "kubetroupe-faults";
/** Raised when plans mean something else than before. */
const version = 1;

/**
 * Reads a plan of faults from the text of a YAML file:
 *
 * @example
 * format: kubetroupe-faults
 * version: 1
 * faults:
 *   - fault: crash
 *     when: { after: create configmaps, nth: 1 }
 *   - fault: late-watch
 *     when: { atMs: 2000 }
 *     forMs: 3000
 *
 * @throws InputError that says what is wrong with it
 */
export function readPlan(text: string, path: string): readonly PlannedFault[] {
  const fail = (why: string): never => {
    throw new InputError(`Cannot use the faults in "${path}": ${why}`);
  };
  const file = parsed(text, path);
  if (file?.format !== format) return fail(`it is no plan of faults, begin it with "format: ${format}"`);
  if (file.version !== version) return fail(`it is of version ${file.version}, this is version ${version}`);
  if (!Array.isArray(file.faults)) return fail('it has no list "faults"');
  return file.faults.map((each: unknown, index) => {
    const problem = problemOf(each);
    return problem === undefined ? (each as PlannedFault) : fail(`fault ${index + 1} ${problem}`);
  });
}

/** Writes a plan; the lines above it are for people. */
export function planText(faults: readonly PlannedFault[], about: readonly string[] = []): string {
  const head = about.map((line) => `# ${line}\n`).join("");
  return `${head}${dump({ format, version, faults }, { lineWidth: -1, flowLevel: 3 })}`;
}

function parsed(text: string, path: string): { format?: unknown; version?: unknown; faults?: unknown } | undefined {
  try {
    const value = load(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch (error) {
    throw new InputError(`Cannot use the faults in "${path}": it is not YAML: ${messageOf(error)}`, { cause: error });
  }
}

function problemOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return "is no object";
  const { fault, when, forMs, resource, code, ...others } = value as Partial<Record<keyof PlannedFault, unknown>>;
  const names = all.map(({ name }) => name).join(", ");
  if (typeof fault !== "string" || !frontKind(fault)) return `is of no known kind: "${fault}", use one of ${names}`;
  const [other] = Object.keys(others);
  if (other !== undefined) return `has a field that nobody knows: "${other}"`;
  if (forMs !== undefined && !isCount(forMs)) return "needs a whole number of milliseconds as forMs";
  if (resource !== undefined && typeof resource !== "string") return "needs the name of a resource as resource";
  if (code !== undefined && !isCount(code)) return "needs an HTTP status as code";
  return isWhen(when)
    ? undefined
    : 'needs a "when": {before|after: "create configmaps", nth: 1}, {step: 2} or {atMs: 500}';
}

function isWhen(value: unknown): value is When {
  const { before, after, nth, step, atMs } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof (before ?? after) === "string") return isCount(nth) && (before === undefined || after === undefined);
  return isCount(step) || isCount(atMs);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
