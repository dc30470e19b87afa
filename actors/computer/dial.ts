import type { Mail, Step } from "../../runtime/mod.ts";
import type { HostGrpc, ProbePlayedAnswer } from "../cri/messages.ts";
import { callOff } from "../kit/alarms.ts";
import type { EndHandlers } from "../network/connection.ts";
import { hostPort } from "../network/ip.ts";
import { askRuntime, type ComputerData, trafficOf } from "./data.ts";
import type { HostDial, HostDialAnswer } from "./messages.ts";
import { open } from "./open.ts";

/** How Go's net package ends the message of a dial that failed. */
export const dialErrors = {
  refused: "connect: connection refused",
  unreachable: "connect: no route to host",
  timeout: "connect: connection timed out",
} as const;

/** The node's own prober asks a container: one that is played answers itself, to any other a connection is made. */
export function dial(data: ComputerData, { from, ask, body }: Mail<HostDial>, step: Step) {
  const asker = { from, ask };
  if (!body.probe) return make(data, asker, { body, step });
  const { probe, ip, port } = body;
  askRuntime(data, step, { op: "ProbePlayed", ...probe }, (answer, later) => {
    const found = (answer as ProbePlayedAnswer | undefined)?.found;
    if (found === undefined) return make(data, asker, { body, step: later });
    const message =
      body.grpcService === undefined ? `dial tcp ${hostPort({ ip, port })}: ${dialErrors.refused}` : notReached(body);
    const refused: HostDialAnswer = { ok: false, message };
    later.reply(asker, found ? { ok: true } : refused);
  });
}

/** What a kubelet says of a server of gRPC that it does not come to. */
function notReached({ ip, port, timeoutMs }: HostDial): string {
  return `timeout: failed to connect service "${hostPort({ ip, port })}" within ${timeoutMs / 1_000}s: context deadline exceeded`;
}

function make(
  data: ComputerData,
  asker: Pick<Mail, "from" | "ask">,
  { body, step }: { readonly body: HostDial; readonly step: Step },
): void {
  const { ip, port, timeoutMs, grpcService: service } = body;
  if (service === undefined) {
    connect(data, asker, { body, step });
    return;
  }
  const request: HostGrpc = { op: "HostGrpc", ip, port, service, timeoutMs };
  askRuntime(data, step, request, (answer, later) => later.reply(asker, answer));
}

/** Opens a connection, and breaks it as soon as it stands. */
function connect(
  data: ComputerData,
  asker: Pick<Mail, "from" | "ask">,
  { body: { ip, port, timeoutMs }, step }: { readonly body: HostDial; readonly step: Step },
): void {
  const answer = (later: Step, cause?: string) => {
    callOff(alarm);
    const body: HostDialAnswer =
      cause === undefined ? { ok: true } : { ok: false, message: `dial tcp ${hostPort({ ip, port })}: ${cause}` };
    later.reply(asker, body);
  };
  const handlers: EndHandlers<Step> = {
    opened(end, later) {
      // A probe does not linger, as a kubelet's.
      trafficOf(data).transport.reset(end, later);
      answer(later);
    },
    failed: (_end, why, later) => answer(later, dialErrors[why]),
    received: () => {},
    taken: () => {},
    broken: () => {},
  };
  const end = open(data, { sandbox: undefined, to: { ip, port } }, handlers, step);
  const giveUp = (later: Step) => {
    if (end) trafficOf(data).transport.reset(end, later);
    answer(later, "i/o timeout");
  };
  const alarm = trafficOf(data).alarms.set(timeoutMs, giveUp, step);
  if (!end) answer(step, "connect: cannot assign requested address");
}
