import { encodeBase64 } from "../../../../api/base64.ts";
import { parseDuration } from "../agnhost/_go.ts";
import { print, writeTo } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import { askApi } from "../programs/_ask_api.ts";
import { fileText } from "../programs/_curl_security.ts";
import { pause } from "../programs/_follow_list.ts";
import { api, flagsOf, group } from "./objects.ts";

const lookMs = 5_000;
const waitMsMost = 365 * 24 * 60 * 60_000;

/** `check api --wait=1m`: tries whether cert-manager's own kinds are served, and judged by its webhook. */
export function* runCheck(self: Process): Running {
  const [, first, second] = self.argv;
  if (first !== "check" || second !== "api") {
    yield* writeTo(self, self.files.get(2), 'error: unknown command (kubetroupe plays "check api" alone)\n');
    return 1;
  }
  const { uptimeMs } = self.kernel.host;
  const waitMs = Math.min(parseDuration(flagsOf(self.argv).get("wait") ?? "0") ?? 0, waitMsMost);
  const untilMs = uptimeMs() + waitMs;
  const folder = "/var/run/secrets/kubernetes.io/serviceaccount";
  const namespace = fileText(self, `${folder}/namespace`)?.trim() ?? "default";
  const object = {
    ...{ apiVersion: `${group}/v1`, kind: "CertificateRequest", metadata: { generateName: "cmapichecker-" } },
    spec: { request: encodeBase64("cmapichecker"), issuerRef: { name: "cmapichecker" } },
  };
  for (;;) {
    const path = `${api}/namespaces/${namespace}/certificaterequests?dryRun=All`;
    const tried = yield* askApi(self, { path, object });
    if (tried.ok) {
      yield* print(self, "The cert-manager API is ready\n");
      return 0;
    }
    yield* writeTo(self, self.files.get(2), `Not ready: ${tried.text}\n`);
    if (uptimeMs() + lookMs > untilMs) break;
    yield* pause(self, lookMs);
  }
  if (waitMs > 0) yield* writeTo(self, self.files.get(2), "error: timed out waiting for the condition\n");
  return 1;
}
