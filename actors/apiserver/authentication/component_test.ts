import { assert, test } from "../../../properties/house/test.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";
import { askerOf, componentTable } from "./_component.ts";

const node = { name: "system:node:*", groups: ["system:nodes"] };

test("componentTable() knows an address by the first entry that it fits, and nobody else", () => {
  const table = componentTable([
    { address: "kubelet/*", user: node },
    { address: "manager/*/deployment", user: { name: "deployments", groups: [] } },
    { address: "manager/*", user: { name: "manager", groups: [] } },
    { address: "a.b", user: { name: "dot", groups: [] } },
  ]);
  assert.deepEqual(table("kubelet/node-1")?.user, { name: "system:node:node-1", groups: ["system:nodes"] });
  assert.equal(table("kubelet/node-1"), table("kubelet/node-1"));
  assert.equal(table("manager/0/deployment")?.user.name, "deployments");
  assert.equal(table("manager/0")?.user.name, "manager");
  assert.equal(table("a.b")?.user.name, "dot");
  for (const stranger of ["", "kubelet", "kubelet/a/b", "xkubelet/a", "manager/0/other", "axb"]) {
    assert.equal(table(stranger), undefined, stranger);
  }
});

test("askerOf() lets one list and watch as somebody else, and act as oneself", () => {
  const manager = { name: "manager", groups: [] };
  const table = componentTable([
    { address: "manager/*/*", user: { name: "loop-*", groups: [] }, reader: manager },
    { address: "manager/*", user: manager },
  ]);
  const asker = (address: string, verb: "list" | "watch" | "get" | "create") => {
    const component = table(address);
    return component && askerOf(component, verb).name;
  };
  assert.deepEqual(
    (["list", "watch", "get", "create"] as const).map((verb) => asker("manager/0/job", verb)),
    ["manager", "manager", "loop-job", "loop-job"],
  );
  assert.equal(asker("manager/0", "list"), "manager");
});

test("a component is who its address says, whatever it says of itself, and a stranger is anonymous", () => {
  const lab = createLab({ input: { components: [{ address: "out*", user: { ...node, groups: [] } }] } });
  const claims = { user: { name: "admin", groups: ["system:masters"] } };
  const answer = (more: object) => {
    const request = { type: "api.request", verb: "list", group: "", version: "v1", resource: "secrets", ...more };
    return lab.simulation.askNow("apiserver-0", request as never, 5_000) as { code: number; body: string };
  };
  const refused = answer(claims);
  assert.equal(refused.code, 403);
  assert.match(refused.body, /User \\"system:node:side\\" cannot list resource/);
  const disguised = answer({ impersonate: claims.user });
  assert.match(disguised.body, /User \\"system:node:side\\" cannot impersonate resource \\"users\\"/);
  const strangers = createLab({ input: { components: [] } });
  const stranger = strangers.call("list", "secrets");
  assert.equal(stranger.code, 403);
  assert.match(stranger.body.message, /User "system:anonymous" cannot list/);
});
