import { writeTo } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import { dialHttp } from "./_dial.ts";
import { answer, formValue, listenAndServe, remoteAddress, waitForEver } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

/** Looks whether others see this pod's own address. */
export const noSnatTester: Subcommand = {
  name: "no-snat-test",
  flags: { port: "8080" },
  *run(self, given) {
    for (const name of ["POD_IP", "NODE_IP"]) {
      if (self.env.has(name)) continue;
      yield* writeTo(self, self.files.get(2), `${name} env var was not present in the environment\n`);
      return 1;
    }
    yield* listenAndServe(self, Number(given.text("port")), function* (thread, request) {
      if (request.url.pathname === "/whoami") return answer(thread, remoteAddress(request.connection));
      const errors: string[] = [];
      for (const place of formValue(request, "ips").split(",")) errors.push(...(yield* check(thread, place)));
      return errors.length > 0 ? answer(thread, errors.join(", "), { status: 500 }) : answer(thread, "");
    });
    return yield* waitForEver();
  },
};

function* check(self: Process, place: string): Running<string[]> {
  const [ip = "", port = "80"] = place.split(":");
  const got = yield* dialHttp(self, { ip, port: Number(port) }, "whoami");
  if (!got.ok) return [got.error];
  const [seen = ""] = got.text.split(":");
  const [pod, node] = [self.env.get("POD_IP"), self.env.get("NODE_IP")];
  if (seen === pod) return [];
  if (seen === node) return [`Returned ip "${seen}" != my Pod ip "${pod}", == my Node ip "${node}" - SNAT`];
  return [`Returned ip "${seen}" != my Pod ip "${pod}" or my Node ip "${node}" - SNAT to unexpected ip`];
}
