import { assert, test } from "../../../properties/house/test.ts";
import type { Received } from "./cri_schema.ts";
import { containerStatus } from "./given_status.ts";

const place = { sandbox: "s", uptimeOf: (wallMs: number) => wallMs };
const given: Received<"ContainerStatus"> = {
  ...{ id: "c", metadata: { name: "web", attempt: 1 }, state: 1, image_ref: "r", annotations: [] },
  ...{ created_at: "1000000", started_at: "2000000", finished_at: "0", exit_code: 0, reason: "", message: "" },
  log_path: "",
};

test("containerStatus() tells who a container's process is, where its runtime does", () => {
  const linux = { uid: 1_000, gid: 7, supplemental_groups: [7, 9] };
  const told = containerStatus({ ...given, user: { linux } }, place);
  assert.deepEqual(told.user, { uid: 1_000, gid: 7, groups: [7, 9] });
  assert.equal("user" in containerStatus(given, place), false);
});
