import { assert, test } from "../../../properties/house/test.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";
import { componentTable } from "./_component.ts";

const node = { name: "system:node:*", groups: ["system:nodes"] };

test("componentTable() knows an address by the first entry that it fits, and nobody else", () => {
  const table = componentTable([
    { address: "kubelet/*", user: node },
    { address: "manager/*/deployment", user: { name: "deployments", groups: [] } },
    { address: "manager/*", user: { name: "manager", groups: [] } },
    { address: "a.b", user: { name: "dot", groups: [] } },
  ]);
  assert.deepEqual(table("kubelet/node-1"), { name: "system:node:node-1", groups: ["system:nodes"] });
  assert.equal(table("kubelet/node-1"), table("kubelet/node-1"));
  assert.equal(table("manager/0/deployment")?.name, "deployments");
  assert.equal(table("manager/0")?.name, "manager");
  assert.equal(table("a.b")?.name, "dot");
  for (const stranger of ["", "kubelet", "kubelet/a/b", "xkubelet/a", "manager/0/other", "axb"]) {
    assert.equal(table(stranger), undefined, stranger);
  }
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
