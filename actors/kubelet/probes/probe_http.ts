import type { Step } from "../../../runtime/mod.ts";
import type { ProbeMark } from "../../computer/messages.ts";
import type { HostHttpAnswer } from "../../cri/messages.ts";
import { askComputer } from "../calls.ts";
import type { KubeletData } from "../data.ts";
import type { HttpTarget } from "./http_target.ts";
import type { Finding, ThenFinding } from "./probing.ts";

/** A probe by HTTP that is under way. */
export interface HttpProbe {
  readonly step: Step;
  readonly target: HttpTarget;
  readonly timeoutMs: number;
  /** Which probe of which container it is. */
  readonly probe: ProbeMark;
  /** How many redirects led here. Default 0. */
  readonly hops?: number;
  /** When the time is over. Default: `timeoutMs` from now. */
  readonly untilMs?: number;
}

const notMade: Finding = { result: "unknown", text: "" };
const answerMsMax = 1_000;
const hopsMax = 10;
const bodyMax = 10_240;

/** Asks for a page as a kubelet does: 200 to 399 is a success, redirects are followed on the same host only. */
export function probeHttp(data: KubeletData, probe: HttpProbe, then: ThenFinding): void {
  const { step, target, timeoutMs, probe: about, hops = 0, untilMs = step.uptimeMs + timeoutMs } = probe;
  const { url, headers } = target;
  const leftMs = Math.max(1, untilMs - step.uptimeMs);
  const ask = {
    message: { type: "host.get", url, headers, timeoutMs: leftMs, probe: about },
    timeoutMs: leftMs + answerMsMax,
  } as const;
  askComputer<HostHttpAnswer>(data, step, ask, (answer, later) => {
    if (!answer) return then(notMade, later);
    if (!answer.ok) return then({ result: "failure", text: `Get "${url}": ${answer.message}` }, later);
    const { status, body, location } = answer;
    if (status < 200 || status >= 400) {
      return then({ result: "failure", text: `HTTP probe failed with statuscode: ${status}` }, later);
    }
    if (status < 300 || location === undefined || !URL.canParse(location, url)) {
      return then({ result: "success", text: "" }, later);
    }
    const next = new URL(location, url);
    if (next.hostname !== new URL(url).hostname) {
      const text = `Probe terminated redirects, Response body: ${body.slice(0, bodyMax)}`;
      return then({ result: "warning", text }, later);
    }
    if (hops + 1 >= hopsMax) {
      return then({ result: "failure", text: `Get "${next.href}": stopped after ${hopsMax} redirects` }, later);
    }
    const again = { ...probe, step: later, target: { url: next.href, headers }, hops: hops + 1, untilMs };
    probeHttp(data, again, then);
  });
}
