import type { NetAnswer, NetRequest, Step } from "../../../runtime/mod.ts";
import type { Status } from "../../api/status.ts";
import { ok, type Result } from "../../kit/result.ts";
import { healthText, metricsText } from "../metrics/metrics_text.ts";
import type { Server } from "../server.ts";
import type { HealthState } from "./health.ts";
import { answerKeyPath, isKeyPath } from "./key_paths.ts";
import type { HttpResponse } from "./respond.ts";

/** A path whose answer has to be asked for elsewhere first. */
export interface AskedPath {
  readonly path: string;
  readonly state: HealthState;
  readonly done: (answer: Result<HttpResponse, Status>, step: Step) => void;
}

const metricsPath = "/metrics";
const indicatorsPath = "/metrics/slis";

/** Whether somebody else knows what a path answers: who signs tokens, or the device that knows the process. */
export function isAskedPath(path: string): boolean {
  return isKeyPath(path) || path === metricsPath || path === indicatorsPath;
}

/** Answers such a path, in a later step. */
export function answerAskedPath(server: Server, asked: AskedPath, step: Step) {
  const { path, state, done } = asked;
  if (isKeyPath(path)) return answerKeyPath(server, asked, step);
  const text = (body: string): Result<HttpResponse, Status> =>
    ok({ code: 200, body, contentType: "text/plain; version=0.0.4; charset=utf-8", isVerbatim: true });
  if (path === indicatorsPath) return done(text(healthText(server, state)), step);
  const request: NetRequest = { op: "usage" };
  server.asks.wait<NetAnswer>(step.device("net", request), (answer, later) => {
    const usage = answer.ok && answer.value.ok ? answer.value.usage : undefined;
    done(text(metricsText(server, { state, usage })), later);
  });
}
