import type { ControllerLab } from "./lab.ts";
import { endedStatus, exitCodes } from "./pod_runner.ts";

/** Virtual time begins here in labs. */
const startMs = Date.UTC(2026, 0, 1);

/** A Job to create; `exits` are the exit codes of its pods by index, the last one for all others. Default: none ends. */
export function jobNamed(name: string, spec: Record<string, unknown> = {}): object {
  const { exits, restartPolicy = "Never", ...rest } = spec as { exits?: readonly number[]; restartPolicy?: string };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name },
    spec: { ...jobSpec(exits, restartPolicy), ...rest },
  };
}

function jobSpec(exits: readonly number[] | undefined, restartPolicy: string): object {
  const annotations = exits && { [exitCodes]: exits.join(",") };
  const containers = [{ name: "c", image: "web:1" }];
  return { template: { metadata: { ...(annotations && { annotations }) }, spec: { restartPolicy, containers } } };
}

/** Creates a Job. */
export function addJob(lab: ControllerLab, name: string, spec: Record<string, unknown> = {}): void {
  const { code, body } = lab.call("create", "jobs", { namespace: "default", body: jobNamed(name, spec) });
  if (code !== 201) throw new Error(`Creating Job ${name}: the server answered ${JSON.stringify(body)}`);
}

/** Ends a pod as its kubelet would: with an exit code, and with what else its status is to say. */
export function endPod(lab: ControllerLab, name: string, end: number | { readonly exitCode: number }): void {
  const nowMs = startMs + lab.simulation.uptimeMs();
  const { exitCode, ...more } = typeof end === "number" ? { exitCode: end } : end;
  const body = { status: { ...endedStatus({ exitCode, nowMs }), ...more } };
  const contentType = "application/strategic-merge-patch+json";
  const { code } = lab.call("patch", "pods", { namespace: "default", name, subresource: "status", body, contentType });
  if (code >= 300) throw new Error(`Ending pod ${name}: the server answered ${code}`);
}

/** The pods that run. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into objects of all kinds
export function runningPods(lab: ControllerLab): any[] {
  return lab
    .all("pods")
    .filter(({ metadata, status }) => status.phase === "Running" && metadata.deletionTimestamp === undefined);
}

/** A Job's conditions in short: `Complete True CompletionsReached`. */
export function conditionLines(lab: ControllerLab, name: string): string[] {
  const { conditions = [] } = lab.one("jobs", name).status;
  return conditions.map((each: Record<string, string>) => `${each.type} ${each.status} ${each.reason}`);
}

/** Whether a Job is over. */
export function isOver(lab: ControllerLab, name: string): boolean {
  return conditionLines(lab, name).some((line) => /^(?:Complete|Failed) True/.test(line));
}
