import { bracketed } from "../../../../network/ip.ts";
import { sleepUntil } from "../kernel/io.ts";
import type { Process } from "../kernel/process.ts";
import { askHttp } from "../programs/_ask_http.ts";
import { fileText } from "../programs/_curl_security.ts";
import { fatal, klog } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

const folder = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Asks the API server for its health with the token of its account, again and again. */
export const inclusterclient: Subcommand = {
  name: "inclusterclient",
  flags: { "poll-interval": 30 },
  *run(self, given) {
    yield* klog(self, "I", "started");
    const host = self.env.get("KUBERNETES_SERVICE_HOST") ?? "";
    const port = Number(self.env.get("KUBERNETES_SERVICE_PORT") ?? 0);
    if (host === "" || port === 0) {
      const missing = "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined";
      return yield* fatal(self, `err: unable to load in-cluster configuration, ${missing}`);
    }
    if (fileText(self, `${folder}/token`) === undefined)
      return yield* fatal(self, `err: open ${folder}/token: no such file or directory`);
    for (;;) {
      yield* sleepUntil(self, self.kernel.host.uptimeMs() + given.number("poll-interval") * 1_000);
      yield* klog(self, "I", "calling /healthz");
      const token = (fileText(self, `${folder}/token`) ?? "").trim();
      yield* klog(self, "I", `authz_header=${hashText(self, `salt|Bearer ${token}`)}`);
      const outcome = yield* askHttp(self, {
        ...{ host, port, target: "/healthz" },
        secured: { serverName: host, trusted: fileText(self, `${folder}/ca.crt`) ?? "" },
        headers: [["Authorization", `Bearer ${token}`]],
        untilMs: self.kernel.host.uptimeMs() + 30_000,
      });
      if (outcome.kind === "answer" && outcome.status < 400) continue;
      yield* klog(self, "E", "status=failed");
      const why =
        outcome.kind === "answer" ? outcome.body : `Get "https://${bracketed(host)}:${port}/healthz": ${outcome.kind}`;
      yield* klog(self, "E", `error checking /healthz: ${why}`);
    }
  },
};

function hashText({ kernel }: Process, text: string): string {
  return kernel.host.network.trust.sha256(text);
}
