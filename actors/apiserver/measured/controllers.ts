import type { Address, Step } from "../../../runtime/mod.ts";
import { methodNotAllowedPath, serviceUnavailable } from "../../api/status.ts";
import { formatTime } from "../../api/time.ts";
import type { AskLoop, AskManager, LoopReport, ManagerReport } from "../../controllers/messages.ts";
import { type Call, respondStatus } from "../requests/call.ts";
import { respondList } from "../requests/respond_list.ts";
import type { Server } from "../server.ts";
import { answerItem, type Measured } from "./measured.ts";
import { controllersKind } from "./measured_kinds.ts";

type Loop = ManagerReport["loops"][number] & { readonly manager: Address };

const patienceMs = 3_000;

/** How the control loops are doing: the manager that leads is asked which it has, and each says it of itself. */
export const controllers: Measured = {
  kind: controllersKind,
  serve(server, call, step) {
    if (call.request.verb !== "list") {
      return respondStatus(call, step, methodNotAllowedPath());
    }
    const managers = server.input.managers ?? [];
    const loops: Loop[] = [];
    let left = managers.length;
    const next = (later: Step) => {
      if (left > 0) return;
      if (loops.length > 0) return askLoops(server, call, { loops, step: later });
      respondStatus(call, later, serviceUnavailable("no controller manager leads, or none can be reached"));
    };
    for (const manager of managers) {
      const ask = step.ask(manager, { type: "manager.report" } satisfies AskManager, patienceMs);
      server.asks.wait<ManagerReport>(ask, (answer, later) => {
        left--;
        if (answer.ok && answer.value.leads) loops.push(...answer.value.loops.map((each) => ({ ...each, manager })));
        next(later);
      });
    }
    next(step);
  },
};

function askLoops(
  server: Server,
  call: Call,
  { loops, step }: { readonly loops: readonly Loop[]; readonly step: Step },
) {
  const reports = new Map<string, LoopReport>();
  let left = loops.length;
  for (const { name, address } of loops) {
    const ask = step.ask(address, { type: "controller.report" } satisfies AskLoop, patienceMs);
    server.asks.wait<LoopReport>(ask, (answer, later) => {
      left--;
      if (answer.ok) reports.set(name, answer.value);
      if (left > 0) return;
      const sorted = [...loops].sort((a, b) => (a.name < b.name ? -1 : 1));
      const items = sorted.map((loop) => itemOf(loop, reports.get(loop.name)));
      respondList(call, later, { items, metadata: { resourceVersion: "" } });
    });
  }
}

/** One that does not answer is being started again, or hangs. */
function itemOf({ name, manager, restarts }: Loop, report: LoopReport | undefined) {
  const { lastError, ...numbers } = report ?? { state: "silent" };
  const error = lastError && { lastError: lastError.text, lastErrorTime: formatTime(lastError.atMs) };
  return answerItem({
    kind: "Controller",
    apiVersion: "kubetroupe.dev/v1",
    metadata: { name },
    status: { manager, restarts, ...numbers, ...error },
  });
}
