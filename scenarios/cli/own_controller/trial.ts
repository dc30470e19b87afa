import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeObject } from "../../../actors/api/types.ts";
import { createCluster } from "../../cluster/create_cluster.ts";
import type { Admin } from "./admin.ts";
import { type ClientFront, clientUser, newToken, openClientFront } from "./client_front.ts";
import type { Condition } from "./condition.ts";
import type { Exchange } from "./exchange.ts";
import type { FrontStrike } from "./front_engine.ts";
import type { Learned, PlannedFault } from "./front_kind.ts";
import { difference, type Inventory, takeInventory } from "./inventory.ts";
import { type OwnProcess, startProcess } from "./own_process.ts";

/** Something that the user of a controller does. */
export type UserStep =
  | { readonly text: string; readonly apply: readonly KubeObject[] }
  | { readonly text: string; readonly remove: readonly KubeObject[] }
  | { readonly text: string; readonly run: (admin: Admin) => Promise<string | undefined> };

/** A controller and what is asked of it. */
export interface TrialSetting {
  readonly command: readonly string[];
  /** What is there before it starts: definitions, roles. */
  readonly setup: readonly KubeObject[];
  readonly steps: readonly UserStep[];
  readonly conditions: readonly Condition[];
  readonly nodes: number;
  /** It has come to rest when it has written nothing for so long. */
  readonly settleMs: number;
  /** How long it may take after healing, from its first rest on. */
  readonly deadlineMs: number;
  /** Where what it writes goes. Default: nowhere. */
  readonly logFile?: string;
  readonly signal?: AbortSignal;
}

/** What a run must end like. */
export interface Expected {
  readonly resources: readonly string[];
  readonly inventory: Inventory;
  /** How much of it must be equal. */
}

/** What came of a run. */
export interface TrialResult {
  /** Undefined: it converged; else what is missing. */
  readonly problem: string | undefined;
  readonly strikes: readonly FrontStrike[];
  readonly exchanges: readonly Exchange[];
  readonly notes: readonly string[];
  readonly inventory: Inventory;
  readonly learned: Learned;
  /** From the last step, or the healing, to the end. */
  readonly convergedMs: number;
}

const lookEveryMs = 100;
const startMsMax = 60_000;
const stepMsMax = 15_000;
const builtIn = /(^[a-z]+$)|\.k8s\.io$|^[a-z]+\.(apps|batch|autoscaling|policy|extensions)$/;

/** One run: a fresh cluster, the controller behind its front, the user's steps, the plan's faults, healing, the end. */
export async function runTrial(
  setting: TrialSetting,
  plan: readonly PlannedFault[],
  expected?: Expected,
): Promise<TrialResult> {
  const token = newToken();
  const startedMs = performance.now();
  const notes: string[] = [];
  const onNote = (text: string) => {
    notes.push(`${((performance.now() - startedMs) / 1000).toFixed(2).padStart(7)} s  ${text}`);
  };
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-trial-"));
  const { signal } = setting;
  let own: OwnProcess | undefined;
  let client: ClientFront | undefined;
  const cluster = await createCluster({
    ...{ host: "pool", workers: 1, port: 0 },
    topology: { nodes: setting.nodes, stores: 1, apiservers: 1, tokens: { [token]: clientUser } },
    ...(signal ? { signal } : {}),
  });
  try {
    const { access } = cluster;
    if (!access) throw new Error("Cannot try a controller: the cluster serves no HTTPS");
    const kubeconfig = join(folder, "kubeconfig");
    client = await openClientFront({ access, plan, kubeconfig, token, process: () => own, onNote });
    await client.admin.apply(setting.setup);
    own = startProcess({
      command: setting.command,
      env: { KUBECONFIG: kubeconfig },
      logFile: setting.logFile ?? "/dev/null",
      onNote,
    });
    return await Promise.race([act({ setting, client, onNote, expected, notes }), own.failed]);
  } finally {
    own?.close();
    await client?.close();
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Acting {
  readonly setting: TrialSetting;
  readonly client: ClientFront;
  readonly expected: Expected | undefined;
  readonly notes: readonly string[];
  readonly onNote: (text: string) => void;
}

async function act({ setting, client, expected, notes, onNote }: Acting): Promise<TrialResult> {
  const { admin, engine, exchanges } = client;
  const { steps, settleMs, deadlineMs } = setting;
  const isAtRest = async () => (client.isQuiet(settleMs) ? undefined : "it does not come to rest");
  await until(isAtRest, startMsMax);
  if (exchanges.length === 0) {
    throw new Error("Cannot try the controller: it asks for nothing, see what it writes with --log");
  }
  for (const [index, step] of steps.entries()) {
    await engine.step(index + 1);
    onNote(`step ${index + 1}: ${step.text}`);
    const problem = await carryOut(step, admin);
    if (problem !== undefined) throw new Error(`Cannot do step ${index + 1}: ${problem}`);
    client.stir();
    await until(isAtRest, stepMsMax);
  }
  await engine.heal();
  client.stir();
  onNote("healed");
  await until(isAtRest, startMsMax);
  const healedMs = performance.now();
  const resources = () => expected?.resources ?? madeBy(exchanges);
  const problem = await until(async () => {
    for (const each of setting.conditions) {
      const missing = await each(admin);
      if (missing !== undefined) return missing;
    }
    const ending = expected && difference(expected.inventory, await takeInventory(admin, resources()));
    return ending ?? (await isAtRest());
  }, deadlineMs);
  if (problem !== undefined) onNote(`not converged: ${problem}`);
  return {
    ...{ problem, exchanges, notes },
    strikes: engine.strikes(),
    inventory: await takeInventory(admin, resources()),
    learned: await learnedOf(setting, client),
    convergedMs: performance.now() - healedMs,
  };
}

async function carryOut(step: UserStep, admin: Admin): Promise<string | undefined> {
  if ("apply" in step) await admin.apply(step.apply);
  else if ("remove" in step) await admin.remove(step.remove);
  else return await step.run(admin);
  return undefined;
}

/** Looks until nothing is missing; the result is what is missing at the end of the time. */
async function until(look: () => Promise<string | undefined>, withinMs: number): Promise<string | undefined> {
  const startedMs = performance.now();
  for (;;) {
    const missing = await look();
    if (missing === undefined || performance.now() - startedMs > withinMs) return missing;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

/** The resources that a client makes objects of. */
export function madeBy(exchanges: readonly Exchange[]): readonly string[] {
  const made = exchanges.filter(
    ({ isWrite, code, subresource }) => isWrite && code === 201 && subresource === undefined,
  );
  return [...new Set(made.map(({ resource }) => resource))].sort();
}

async function learnedOf({ steps }: TrialSetting, { exchanges, admin }: ClientFront): Promise<Learned> {
  const root = "/apis/admissionregistration.k8s.io/v1";
  const sorts = ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"];
  const lists = await Promise.all(sorts.map((sort) => admin.ask("GET", `${root}/${sort}`)));
  const used = [...new Set(exchanges.map(({ resource }) => resource))];
  return {
    exchanges,
    steps: steps.length,
    hasProcess: true,
    customResources: used.filter((each) => !builtIn.test(each)),
    hasWebhooks: lists.some(({ body }) => (body.items ?? []).length > 0),
  };
}
