import { runCheck } from "../cert_manager/check_api.ts";
import { runController } from "../cert_manager/control.ts";
import { runInjector } from "../cert_manager/inject.ts";
import { runWebhook } from "../cert_manager/webhook.ts";
import type { Process, Program, Running } from "../kernel/process.ts";

const parts: Readonly<Record<string, (self: Process) => Running>> = {
  controller: runController,
  webhook: runWebhook,
  cainjector: runInjector,
  startupapicheck: runCheck,
};

/** The four programs of cert-manager. Source: cert-manager/cert-manager. */
export const certManager: Program = {
  names: Object.keys(parts),
  *run(self) {
    const name = self.argv[0]?.split("/").at(-1) ?? "";
    const run = Object.hasOwn(parts, name) ? parts[name] : undefined;
    return run ? yield* run(self) : 127;
  },
};
