import type { KubeletData } from "../data.ts";
import type { Subject } from "../pod_record.ts";
import { startCarriedOut } from "./carried_out.ts";
import { startForetold } from "./foretold.ts";
import type { ProbeOptions } from "./probing.ts";

/**
 * A container runs: from now on its probes decide whether it has started, lives and is ready. Where real code runs they
 * are carried out; where the runtime plays the container it tells what they would find, and none is made.
 */
export function startProbes(data: KubeletData, subject: Subject, options: ProbeOptions): void {
  if (subject.container.isProbed) startCarriedOut(data, subject, options);
  else startForetold(data, subject, options);
}
