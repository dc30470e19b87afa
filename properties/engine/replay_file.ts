import type { Violation } from "./invariant.ts";
import { stagedSuites } from "./perform.ts";
import { type AnyRun, isSuiteRun } from "./run_definition.ts";

/** A run on file: what to perform again, and what came of it. */
export interface ReplayFile {
  readonly format: typeof replayFormat;
  /** Runs are the same only under the same logic: another version may perform the definition differently. */
  readonly version: number;
  readonly definition: AnyRun;
  readonly violation: Violation | undefined;
  readonly hash: string;
}

const replayFormat = "kubetroupe-run";

/** Raised whenever a change to the logic changes what a definition performs. */
export const replayVersion = 1;

/** Writes a run as the text of a file. */
export function encodeReplay(run: Omit<ReplayFile, "format" | "version">): string {
  return `${JSON.stringify({ format: replayFormat, version: replayVersion, ...run }, null, 2)}\n`;
}

/**
 * Reads a run from the text of a file.
 *
 * @throws Error that says what is wrong with the file and what to do
 */
export function decodeReplay(text: string, path: string): ReplayFile {
  const file = parse(text, path);
  if (file.format !== replayFormat)
    throw new Error(`Cannot replay ${path}: it is not a run file, give a file that "troupe check" wrote`);
  if (file.version !== replayVersion) {
    throw new Error(
      `Cannot replay ${path}: it was written by version ${file.version} of the run format, this is version ${replayVersion}, run "troupe check" again`,
    );
  }
  const { definition } = file;
  const isWhole =
    typeof definition?.seed === "number" &&
    typeof definition.healAtMs === "number" &&
    (isSuiteRun(definition) || typeof definition.topology?.nodes === "number") &&
    Array.isArray(definition.workload) &&
    Array.isArray(definition.faults) &&
    typeof file.hash === "string";
  if (!isWhole)
    throw new Error(`Cannot replay ${path}: the run in it is not whole, write it again with "troupe check"`);
  if (isSuiteRun(definition) && !stagedSuites.some(({ name }) => name === definition.suite)) {
    const names = stagedSuites.map(({ name }) => name).join(", ");
    throw new Error(`Cannot replay ${path}: it is of the suite "${definition.suite}", and there are only ${names}`);
  }
  return file as ReplayFile;
}

function parse(text: string, path: string): Partial<ReplayFile> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch (error) {
    throw new Error(
      `Cannot replay ${path}: it is not JSON (${(error as Error).message}), give a file that "troupe check" wrote`,
    );
  }
}
