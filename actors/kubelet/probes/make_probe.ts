import type { Step } from "../../../runtime/mod.ts";
import type { Frozen, Probe } from "../../api/types.ts";
import type { HostDialAnswer, ProbeMark } from "../../computer/messages.ts";
import { askComputer, callCri } from "../calls.ts";
import type { KubeletData } from "../data.ts";
import type { ProbeKind, Subject } from "../pod/pod_record.ts";
import { httpGetTarget, podIpOf, portOf } from "./http_target.ts";
import { probeHttp } from "./probe_http.ts";
import type { Finding, ThenFinding } from "./probing.ts";

const success: Finding = { result: "success", text: "" };
/** The computer said nothing: the probe was not made, and nobody is told. */
const notMade: Finding = { result: "unknown", text: "" };
/** What the computer may take beside the time that the probe has. */
const answerMsMax = 1_000;
const outputMax = 10_240;

/** Makes a probe once. */
export function makeProbe(
  data: KubeletData,
  subject: Subject,
  { step, probe, kind }: { readonly step: Step; readonly probe: Frozen<Probe>; readonly kind: ProbeKind },
  then: ThenFinding,
) {
  const { exec, httpGet, tcpSocket, grpc } = probe;
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  const about: ProbeMark = { container: subject.container.id ?? "", kind };
  if (exec) return probeExec(data, { step, command: exec.command ?? [], timeoutMs, probe: about }, then);
  if (httpGet) {
    const target = httpGetTarget(data, subject, httpGet);
    if (!target.ok) return then({ result: "unknown", text: target.failure }, step);
    return probeHttp(data, { step, target: target.value, timeoutMs, probe: about }, then);
  }
  if (tcpSocket) {
    const port = portOf(subject.container, tcpSocket.port);
    if (!port.ok) return then({ result: "unknown", text: port.failure }, step);
    const ip = tcpSocket.host ?? podIpOf(data, subject.pod);
    return probeTcp(data, { step, ip, port: port.value, timeoutMs, probe: about }, then);
  }
  if (grpc) {
    const { port, service: grpcService = "" } = grpc;
    return probeTcp(data, { step, ip: podIpOf(data, subject.pod), port, grpcService, timeoutMs, probe: about }, then);
  }
  then({ result: "unknown", text: `missing probe handler for ${subject.pod.key}:${subject.container.name}` }, step);
}

interface Command {
  readonly step: Step;
  readonly command: readonly string[];
  readonly timeoutMs: number;
  readonly probe: ProbeMark;
}

function probeExec(data: KubeletData, { step, command, timeoutMs, probe }: Command, then: ThenFinding): void {
  const { container, kind } = probe;
  callCri(data, step, { op: "ExecSync", container, command, timeoutMs, probe: kind }, (answer, later) => {
    if (answer.ok) {
      const text = `${answer.value.stdout}${answer.value.stderr}`.slice(0, outputMax);
      return then(answer.value.exitCode === 0 ? success : { result: "failure", text }, later);
    }
    if (answer.failure.code === "UNAVAILABLE") return then(notMade, later);
    const late = `command timed out: ${JSON.stringify(command.join(" "))} timed out after ${timeoutMs / 1000}s`;
    if (answer.failure.code === "DEADLINE_EXCEEDED") return then({ result: "failure", text: late }, later);
    const code = answer.failure.code === "NOT_FOUND" ? "NotFound" : "Unknown";
    then({ result: "unknown", text: `rpc error: code = ${code} desc = ${answer.failure.message}` }, later);
  });
}

interface Dial {
  readonly step: Step;
  readonly ip: string;
  readonly port: number;
  readonly timeoutMs: number;
  readonly probe: ProbeMark;
  /** Whose health is asked for by gRPC. Default: nobody's, somebody has to listen. */
  readonly grpcService?: string;
}

function probeTcp(data: KubeletData, { step, ...dial }: Dial, then: ThenFinding): void {
  const ask = { message: { type: "host.dial", ...dial }, timeoutMs: dial.timeoutMs + answerMsMax } as const;
  askComputer<HostDialAnswer>(data, step, ask, (answer, later) => {
    if (!answer) return then(notMade, later);
    then(answer.ok ? success : { result: "failure", text: answer.message }, later);
  });
}
