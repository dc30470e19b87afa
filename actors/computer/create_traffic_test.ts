import { assert, test } from "../../properties/house/test.ts";
import { computerAt, computerStage, podIp, serviceRule } from "../../properties/stages/computer/stage.ts";

test("createTraffic() is not called before a computer carries something: not by pods, rules or digests", () => {
  const stage = computerStage();
  stage.pod(0, "shop/server", 9);
  const sandbox = stage.data(0).sandboxes.withIp(podIp(0, 9))?.sandbox ?? "";
  stage.rules(serviceRule("10.96.0.7", [{ ip: podIp(0, 9), port: 8080 }]));
  stage.call(0, { op: "StopPodSandbox", sandbox });
  // The journal has taken a digest after each of these steps.
  assert.equal(stage.data(0).traffic, undefined);
  const body = { type: "host.dial", ip: podIp(0, 9), port: 8080, timeoutMs: 1_000 } as const;
  stage.simulation.askNow(computerAt(0), body, 60_000);
  assert.equal(stage.data(0).traffic?.transport.size, 0);
  assert.equal(stage.data(1).traffic, undefined);
});
