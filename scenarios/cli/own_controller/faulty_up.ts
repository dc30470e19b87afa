import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ClusterAccess } from "../../cluster/create_cluster.ts";
import { InputError, messageOf } from "../../cluster/input_error.ts";
import type { Interrupts } from "../interrupts.ts";
import { openClientFront } from "./client_front.ts";
import type { PlannedFault } from "./front_kind.ts";
import { type OwnProcess, startProcess } from "./own_process.ts";
import { readPlan } from "./plan_file.ts";

/** How a cluster serves one client with faults. */
export interface FaultyUpOptions {
  readonly plan: readonly PlannedFault[];
  readonly access: ClusterAccess;
  /** That of `clientUser`, as the cluster knows it. */
  readonly token: string;
  /** The client, when it is to be run, and killed, by us. */
  readonly command: readonly string[] | undefined;
  readonly port: number;
  readonly interrupts: Pick<Interrupts, "happened">;
  readonly onNote: (text: string) => void;
  /** The client's door is open. */
  readonly onOpen: (kubeconfig: string) => void;
}

/**
 * Reads the plan in a file.
 *
 * @throws InputError when it cannot be used
 */
export async function planIn(path: string): Promise<readonly PlannedFault[]> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new InputError(`Cannot read faults from "${path}": ${messageOf(cause)}`, { cause });
  });
  return readPlan(text, path);
}

/** Serves a client with faults until an interrupt. */
export async function serveWithFaults(options: FaultyUpOptions): Promise<void> {
  const { plan, access, token, command, port, interrupts, onNote, onOpen } = options;
  const kubeconfig = join(dirname(access.kubeconfig), "faults.kubeconfig");
  let own: OwnProcess | undefined;
  const client = await openClientFront({ access, plan, kubeconfig, port, token, process: () => own, onNote });
  try {
    onOpen(kubeconfig);
    if (command) own = startProcess({ command, env: { KUBECONFIG: kubeconfig }, onNote });
    await Promise.race(own ? [interrupts.happened, own.failed] : [interrupts.happened]);
  } finally {
    own?.close();
    await client.close();
  }
}
