import { assert, test } from "../../../properties/house/test.ts";
import {
  type FakeKubelet,
  type FakeKubeletOrder,
  fakeKubelet,
} from "../../../properties/stages/apiserver/fake_kubelet.ts";
import { createLab, type LabOptions } from "../../../properties/stages/apiserver/lab.ts";
import { streamWindow } from "../../network/streams.ts";
import type { ApiRequest, ApiResponse } from "../messages.ts";

const kubelet = "kubelet-n1";
const pods = "/api/v1/namespaces/default/pods";

/** A lab with a pod on a node whose kubelet is a fake one. */
function stage({ log = "one\ntwo\n", ...options }: LabOptions & { log?: string } = {}) {
  const lab = createLab({ ...options, actors: [fakeKubelet], input: { kubelets: "kubelet-" } });
  lab.simulation.spawnNow({ name: kubelet, kind: "fakeKubelet", input: { log } });
  for (const [name, nodeName] of [
    ["web", "n1"],
    ["unreadable", "n1"],
    ["stuck", "n1"],
    ["lost", "n2"],
    ["pending", undefined],
  ] as const) {
    const spec = { containers: [{ name: "c", image: "web:1" }], ...(nodeName ? { nodeName } : {}) };
    const body = { apiVersion: "v1", kind: "Pod", metadata: { name }, spec };
    assert.equal(lab.call("create", "pods", { namespace: "default", body }).code, 201);
  }
  return { ...lab, fake: () => lab.simulation.dataOf(kubelet) as FakeKubelet };
}

const log = (name: string, query: Record<string, string> = {}) => ({
  namespace: "default",
  name,
  subresource: "log",
  query,
});

test("a component reads a log whole, and cannot follow it", () => {
  const { call } = stage({ log: "line\n".repeat(200_000) });
  const whole = call("get", "pods", log("web"));
  assert.deepEqual([whole.code, whole.body.length], [200, 1_000_000]);
  assert.equal(call("get", "pods", log("web", { tailLines: "1" })).body, "line\n");
  assert.equal(call("get", "pods", log("pending")).body, "");
  const followed = call("get", "pods", log("web", { follow: "true" }));
  assert.match(followed.body.message, /a log can be followed over HTTP only/);
  const run = call("create", "pods", {
    namespace: "default",
    name: "web",
    subresource: "exec",
    query: { stdout: "1" },
  });
  assert.deepEqual([run.code, run.body.message], [400, "Upgrade request required"]);
  const unreachable = call("get", "pods", log("lost"));
  assert.deepEqual(
    [unreachable.code, unreachable.body.message],
    [500, 'Get "https://n2:10250/containerLogs/default/lost/c": dial tcp n2:10250: connect: connection refused'],
  );
});

test("a log that cannot be read is a Status, and a component never waits for ever", () => {
  const { call, http, simulation, fake } = stage();
  const words = "Internal error occurred: error reading the log: ";
  const unreadable = call("get", "pods", log("unreadable"));
  assert.deepEqual([unreadable.code, unreadable.body.message], [500, `${words}no such file or directory`]);
  const overHttp = http(`${pods}/unreadable/log`);
  assert.deepEqual([overHttp.code(), JSON.parse(overHttp.body()).message], [500, `${words}no such file or directory`]);
  const request = { type: "api.request", verb: "get", group: "", version: "v1", resource: "pods", ...log("stuck") };
  const answer = simulation.askNow("apiserver-0", request as ApiRequest, 90_000) as ApiResponse;
  assert.equal(JSON.parse(answer.body).message, `${words}the kubelet took too long`);
  simulation.advance(50);
  assert.equal(fake().streams.size, 0);
});

test("the options of a log are checked in Kubernetes' words", () => {
  const { call } = stage();
  const message = (query: Record<string, string>) => call("get", "pods", log("web", query)).body.message;
  assert.equal(
    message({ tailLines: "-1" }),
    'PodLogOptions "web" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
  );
  assert.equal(message({ limitBytes: "x" }), 'strconv.ParseInt: parsing "x": invalid syntax');
  assert.match(message({ sinceSeconds: "0" }), /sinceSeconds: Invalid value: 0: must be greater than 0$/);
  assert.match(message({ sinceSeconds: "1", sinceTime: "2025-01-01T00:00:00Z" }), /at most one of `sinceTime` or/);
  assert.match(message({ sinceTime: "yesterday" }), /^parsing time "yesterday" as/);
  assert.match(message({ stream: "Stdin" }), /stream: Unsupported value: "Stdin": supported values: "All", /);
  assert.match(message({ container: "z" }), /^container z is not valid for pod web$/);
});

test("who may read pods but not their logs is refused", () => {
  const { call } = stage();
  const user = { name: "system:kube-proxy", groups: ["system:authenticated"] };
  const refused = call("get", "pods", { ...log("web"), user });
  assert.equal(
    refused.body.message,
    'pods "web" is forbidden: User "system:kube-proxy" cannot get resource "pods/log" in API group "" in the namespace "default"',
  );
});

test("a kubelet reads no logs through the API, and runs nothing in containers there", () => {
  const { call } = stage();
  const user = { name: "system:node:n1", groups: ["system:nodes", "system:authenticated"] };
  for (const subresource of ["log", "exec", "attach", "portforward"]) {
    const refused = call("get", "pods", { namespace: "default", name: "web", subresource, user });
    assert.match(refused.body.message, new RegExp(`cannot get resource "pods/${subresource}" in API group ""`));
  }
});

test("a client that reads nothing holds the stream, not memory", () => {
  const { http, simulation, fake } = stage({ log: "" });
  const exchange = http(`${pods}/web/log?follow=1`);
  exchange.pause();
  simulation.send(kubelet, { type: "fakeKubelet.write", text: "x".repeat(3_000_000) } as FakeKubeletOrder);
  simulation.advance(1_000);
  const [served] = [...fake().streams.values()];
  assert.deepEqual([exchange.body(), served?.underWay], ["", streamWindow]);
  for (let turn = 0; turn < 50 && exchange.body().length < 3_000_000; turn++) {
    exchange.resume();
    simulation.advance(2);
    exchange.pause();
  }
  assert.equal(exchange.body().length, 3_000_000);
  assert.equal(fake().underWayMost, streamWindow);
});

test("a followed log ends for the kubelet when its client goes, and breaks for the client when the kubelet goes", () => {
  const { http, simulation, fake } = stage();
  const [gone, broken] = [http(`${pods}/web/log?follow=1`), http(`${pods}/web/log?follow=1`)];
  assert.deepEqual(
    [gone.headers()["Content-Type"], broken.body(), fake().streams.size],
    ["text/plain", "one\ntwo\n", 2],
  );
  gone.abort();
  simulation.advance(50);
  assert.equal(fake().streams.size, 1);
  simulation.crashNow(kubelet, "told to");
  simulation.advance(50);
  assert.equal(broken.state(), "reset");
});

test("a command's streams are channels of a WebSocket", () => {
  const { connect, simulation, fake } = stage();
  const url = `${pods}/web/exec?command=cat&stdin=true&stdout=true&stderr=true`;
  const socket = connect(url, ["v5.channel.k8s.io", "v4.channel.k8s.io"]);
  assert.deepEqual([socket.subprotocol(), socket.frames()], ["v5.channel.k8s.io", ["\x01"]]);
  const say = (data: string) => {
    socket.send(data);
    simulation.advance(20);
  };
  say("\0gr\xc3");
  say("\0\xbc\xc3\x9fe");
  // Without a terminal its size concerns nobody.
  say('\x04{"Width":80,"Height":24}');
  say("\x09nobody's");
  say("");
  assert.equal(socket.frames().join(""), "\x01\x01gr\xc3\x01\xbc\xc3\x9fe");
  say("\xff\0");
  assert.deepEqual(socket.frames().slice(-1), ['\x03{"metadata":{},"status":"Success"}']);
  assert.deepEqual([socket.closeCode(), socket.state(), fake().streams.size], [1000, "ended", 0]);

  const failed = connect(`${pods}/web/exec?command=fail&command=3&stdout=1&stderr=1`, ["v4.channel.k8s.io"]);
  assert.equal(failed.frames()[1], "\x02it went wrong\n");
  assert.deepEqual(JSON.parse(failed.frames()[2]?.slice(1) ?? ""), {
    metadata: {},
    status: "Failure",
    reason: "NonZeroExitCode",
    message: "command terminated with non-zero exit code: command terminated with exit code 3",
    details: { causes: [{ reason: "ExitCode", message: "3" }] },
  });
});

test("an upgrade is refused in words where no streams can come of it", () => {
  const { connect, http } = stage();
  const message = (socket: { code(): number; body(): string }) => [socket.code(), JSON.parse(socket.body()).message];
  const exec = `${pods}/web/exec?command=cat&stdout=true`;
  assert.deepEqual(message(http(exec, { method: "POST" })), [400, "Upgrade request required"]);
  assert.deepEqual(message(connect(exec, ["v9.channel.k8s.io"])), [
    403,
    "forbidden: unable to upgrade: unable to negotiate protocol: client supports [v9.channel.k8s.io], server accepts [v5.channel.k8s.io v4.channel.k8s.io v4.base64.channel.k8s.io channel.k8s.io base64.channel.k8s.io]",
  ]);
  assert.deepEqual(message(connect(`${pods}/web/exec?command=cat`, ["v5.channel.k8s.io"])), [
    400,
    "you must specify at least 1 of stdin, stdout, stderr",
  ]);
  assert.deepEqual(message(connect(`${pods}/pending/portforward`, [])), [
    400,
    "pod pending does not have a host assigned",
  ]);
  assert.equal(connect(`${pods}/web/status`, ["v5.channel.k8s.io"]).code(), 200);
});

test("what is no SPDY closes a port-forward, and a kubelet that goes too", () => {
  const { connect, simulation } = stage();
  const protocols = ["SPDY/3.1+portforward.k8s.io"];
  const [wrong, lost] = [connect(`${pods}/web/portforward`, protocols), connect(`${pods}/web/portforward`, protocols)];
  assert.deepEqual([wrong.isSocket(), lost.subprotocol()], [true, protocols[0]]);
  wrong.send("\x80\x02\0\x01\0\0\0\0");
  simulation.advance(50);
  assert.deepEqual([wrong.closeCode(), lost.closeCode()], [1002, 0]);
  simulation.crashNow(kubelet, "told to");
  simulation.advance(50);
  assert.equal(lost.closeCode(), 1011);
});

test("ports are forwarded on channels for clients that say at first which", () => {
  const { connect, simulation, fake } = stage();
  const forward = (query: string) =>
    connect(`${pods}/web/portforward?${query}`, ["v5.channel.k8s.io", "v4.channel.k8s.io"]);
  const socket = forward("ports=80,8080");
  assert.equal(socket.subprotocol(), "v4.channel.k8s.io");
  assert.deepEqual(socket.frames(), ["\x00\x50\x00", "\x01\x50\x00", "\x02\x90\x1f", "\x03\x90\x1f"]);
  socket.send("\x02POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n\xff");
  socket.send("\x02\x00\x01");
  socket.send("\x07nobody's");
  simulation.advance(50);
  assert.ok(socket.frames().join("").endsWith("\r\n\r\n\x02\xff\x00\x01"), socket.frames().join("|"));
  assert.deepEqual([socket.closeCode(), fake().streams.size], [0, 1]);
  socket.send("\x00POST / HTTP/1.1\r\n\r\n");
  simulation.advance(50);
  assert.deepEqual([socket.closeCode(), fake().streams.size], [1000, 0]);

  const refused = forward("port=81");
  assert.match(refused.frames().at(-1) ?? "", /^.error forwarding port 81 to pod web, uid .*: failed to connect/);
  assert.equal(refused.closeCode(), 1000);
  const halfClosed = forward("ports=82");
  halfClosed.send("\x00POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nend");
  simulation.advance(50);
  assert.ok(halfClosed.frames().join("").endsWith("end"));
  assert.deepEqual([halfClosed.closeCode(), fake().streams.size], [1000, 0]);
  const lost = forward("ports=80");
  lost.abort();
  simulation.advance(50);
  assert.equal(fake().streams.size, 0);
  for (const [query, words] of [
    ["", /query parameter "port" is required/],
    ["ports=80,x", /unable to parse "x" as a port/],
    ["ports=0", /unable to parse "0" as a port/],
    [`ports=${"1,".repeat(200)}1`, /^201 ports are more than the 128 that can be forwarded$/],
  ] as const) {
    assert.match(JSON.parse(forward(query).body()).message, words);
  }
});
