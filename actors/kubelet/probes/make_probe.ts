import type { Step } from "../../../runtime/mod.ts";
import type { Frozen, Probe } from "../../api/types.ts";
import type { HostDialAnswer } from "../../computer/messages.ts";
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
  if (exec) return probeExec(data, subject, { step, command: exec.command ?? [], timeoutMs, kind }, then);
  // A node without a computer has no network to probe in.
  if (data.input.computer === undefined) return then(success, step);
  if (httpGet) {
    const target = httpGetTarget(data, subject, httpGet);
    if ("error" in target) return then({ result: "unknown", text: target.error }, step);
    return probeHttp(data, { step, target, timeoutMs }, then);
  }
  if (tcpSocket) {
    const port = portOf(subject.container, tcpSocket.port);
    if (typeof port === "string") return then({ result: "unknown", text: port }, step);
    const ip = tcpSocket.host ?? podIpOf(data, subject.pod);
    return probeTcp(data, { step, ip, port, timeoutMs }, then);
  }
  if (grpc) return probeGrpc(data, subject, { step, port: grpc.port, timeoutMs }, then);
  then({ result: "unknown", text: `missing probe handler for ${subject.pod.key}:${subject.container.name}` }, step);
}

function probeExec(
  data: KubeletData,
  { container }: Subject,
  {
    step,
    command,
    timeoutMs,
    kind,
  }: {
    readonly step: Step;
    readonly command: readonly string[];
    readonly timeoutMs: number;
    readonly kind: ProbeKind;
  },
  then: ThenFinding,
): void {
  const request = { op: "ExecSync", container: container.id ?? "", command, timeoutMs } as const;
  callCri(data, step, request, (answer, later) => {
    if (answer.ok) {
      // A program of a played image that cannot be run would find what the image's catalogue says.
      const isForetold = kind === "liveness" ? container.runtimeHealthy : container.runtimeReady;
      if (answer.unknownProgram !== undefined && answer.exitCode !== 0 && isForetold) return then(success, later);
      const text = `${answer.stdout ?? ""}${answer.stderr ?? ""}`.slice(0, outputMax);
      return then(answer.exitCode === 0 ? success : { result: "failure", text }, later);
    }
    if (answer.code === "UNAVAILABLE") return then(notMade, later);
    const isLate = /timed out|deadline exceeded/i.test(answer.message);
    const late = `command timed out: ${JSON.stringify(command.join(" "))} timed out after ${timeoutMs / 1000}s`;
    if (isLate) return then({ result: "failure", text: late }, later);
    const code = answer.code === "NOT_FOUND" ? "NotFound" : "Unknown";
    then({ result: "unknown", text: `rpc error: code = ${code} desc = ${answer.message}` }, later);
  });
}

interface Dial {
  readonly step: Step;
  readonly ip: string;
  readonly port: number;
  readonly timeoutMs: number;
}

function probeTcp(data: KubeletData, { step, ip, port, timeoutMs }: Dial, then: ThenFinding): void {
  const ask = { message: { type: "host.dial", ip, port, timeoutMs }, timeoutMs: timeoutMs + answerMsMax } as const;
  askComputer<HostDialAnswer>(data, step, ask, (answer, later) => {
    if (!answer) return then(notMade, later);
    then(answer.ok ? success : { result: "failure", text: answer.message }, later);
  });
}

/**
 * Modules serve no gRPC: a port that takes connections passes for a service that is healthy, one that does not fails in
 * the words of a gRPC probe.
 */
function probeGrpc(
  data: KubeletData,
  { pod }: Subject,
  { step, port, timeoutMs }: { readonly step: Step; readonly port: number; readonly timeoutMs: number },
  then: ThenFinding,
): void {
  const ip = podIpOf(data, pod);
  probeTcp(data, { step, ip, port, timeoutMs }, (finding, later) => {
    if (finding.result !== "failure") return then(finding, later);
    const text = `timeout: failed to connect service "${ip}:${port}" within ${timeoutMs / 1000}s: context deadline exceeded`;
    then({ result: "failure", text }, later);
  });
}
