import { assert, test } from "../../../properties/house/test.ts";
import { addJob, isOver } from "../../../properties/stages/controllers/jobs.ts";
import { createControllerLab } from "../../../properties/stages/controllers/lab.ts";

const loops = ["job", "ttl-after-finished", "garbage-collector"];
const namespace = "default";

test("ttlAfterFinished deletes a Job and its pods so long after it has ended", () => {
  const lab = createControllerLab({ loops });
  addJob(lab, "kept", { exits: [0] });
  addJob(lab, "brief", { exits: [0], ttlSecondsAfterFinished: 20 });
  addJob(lab, "failed", { exits: [1], backoffLimit: 0, ttlSecondsAfterFinished: 0 });
  assert.ok(lab.until(() => isOver(lab, "brief")));
  lab.simulation.advance(15_000);
  assert.deepEqual(
    lab
      .all("jobs")
      .map(({ metadata }) => metadata.name)
      .sort(),
    ["brief", "kept"],
  );
  lab.simulation.advance(10_000);
  assert.deepEqual(
    lab.all("jobs").map(({ metadata }) => metadata.name),
    ["kept"],
  );
  assert.equal(lab.all("pods").length, 1);
});

test("ttlAfterFinished goes by what a Job says now", () => {
  const lab = createControllerLab({ loops });
  addJob(lab, "brief", { exits: [0], ttlSecondsAfterFinished: 20 });
  assert.ok(lab.until(() => isOver(lab, "brief")));
  const say = (ttlSecondsAfterFinished: number | null) => {
    const contentType = "application/merge-patch+json";
    lab.call("patch", "jobs", { namespace, name: "brief", body: { spec: { ttlSecondsAfterFinished } }, contentType });
  };
  say(null);
  lab.simulation.advance(60_000);
  assert.ok(lab.one("jobs", "brief"));
  say(90);
  lab.simulation.advance(20_000);
  assert.ok(lab.one("jobs", "brief"));
  lab.simulation.advance(20_000);
  assert.equal(lab.one("jobs", "brief"), undefined);
});
