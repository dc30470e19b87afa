import { assert, test } from "../../../properties/house/test.ts";
import { type FakeKubeletOrder, fakeKubelet } from "../../../properties/stages/apiserver/fake_kubelet.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";
import { isBase64Protocol } from "./channels.ts";

const pod = "/api/v1/namespaces/default/pods/web";

/** A lab with a pod whose kubelet is a fake one. */
function stage() {
  const lab = createLab({ actors: [fakeKubelet], input: { kubelets: "kubelet-" } });
  lab.simulation.spawnNow({ name: "kubelet-n1", kind: "fakeKubelet", input: { log: "gr\u00fc\n" } });
  const spec = { containers: [{ name: "c", image: "web:1" }], nodeName: "n1" };
  lab.call("create", "pods", { namespace: "default", body: { metadata: { name: "web" }, spec } });
  return lab;
}

test("isBase64Protocol() knows the protocols in base64 by their names", () => {
  const names = ["v4.base64.channel.k8s.io", "base64.channel.k8s.io", "base64.binary.k8s.io"];
  assert.ok(names.every(isBase64Protocol));
  assert.ok(!["v5.channel.k8s.io", "channel.k8s.io", "binary.k8s.io", ""].some(isBase64Protocol));
});

test("a command's streams come in each of Kubernetes' protocols: bytes, base64, with a status or without", () => {
  const { connect, simulation } = stage();
  const status = '{"metadata":{},"status":"Success"}';
  for (const [protocol, isBase64, ending] of [
    ["v4.channel.k8s.io", false, status],
    ["v4.base64.channel.k8s.io", true, status],
    ["channel.k8s.io", false, undefined],
    ["base64.channel.k8s.io", true, undefined],
    ["", false, undefined],
  ] as const) {
    const written = (channel: number, data: string) =>
      isBase64 ? `${channel}${btoa(data)}` : String.fromCharCode(channel) + data;
    const socket = connect(`${pod}/exec?command=cat&stdin=true&stdout=true`, protocol === "" ? [] : [protocol]);
    assert.deepEqual([socket.subprotocol(), socket.frames()], [protocol, [written(1, "")]]);
    if (isBase64) socket.send("0no base64!");
    socket.send(written(9, "nobody's"));
    socket.send(written(0, "gr\xc3\xbc"));
    simulation.advance(20);
    assert.deepEqual(socket.frames().slice(1), [written(1, "gr\xc3\xbc")], protocol);
    assert.equal(socket.texts(), isBase64 ? 2 : 0);
    socket.abort();
    const done = connect(`${pod}/exec?command=true&stdout=true`, protocol === "" ? [] : [protocol]);
    simulation.advance(50);
    const said = done.frames().filter((frame) => frame[0] === (isBase64 ? "3" : "\x03"));
    assert.deepEqual(said, ending === undefined ? [] : [written(3, ending)], protocol);
    assert.equal(done.closeCode(), 1000);
    const failed = connect(`${pod}/exec?command=fail&command=3&stdout=true`, protocol === "" ? [] : [protocol]);
    simulation.advance(50);
    const last = failed.frames().at(-1) ?? "";
    const words = isBase64 ? atob(last.slice(1)) : last.slice(1);
    const message = "command terminated with non-zero exit code: command terminated with exit code 3";
    assert.equal(ending === undefined ? words : JSON.parse(words).message, message, protocol);
  }
});

test("only the fifth protocol closes a channel; in others there is no channel 255", () => {
  const { connect, simulation } = stage();
  const open = (protocol: string) => connect(`${pod}/exec?command=cat&stdin=true&stdout=true`, [protocol]);
  const [fifth, fourth] = [open("v5.channel.k8s.io"), open("v4.channel.k8s.io")];
  for (const socket of [fifth, fourth]) socket.send("\xff\0");
  simulation.advance(50);
  assert.deepEqual([fifth.closeCode(), fourth.closeCode()], [1000, 0]);
});

test("a log comes on a WebSocket as well, in bytes or in base64, and goes on while it is followed", () => {
  const { connect, simulation } = stage();
  for (const [protocols, isBase64] of [
    [["binary.k8s.io"], false],
    [["base64.binary.k8s.io"], true],
    [[], false],
  ] as const) {
    const written = (data: string) => (isBase64 ? btoa(data) : data);
    const whole = connect(`${pod}/log`, protocols);
    assert.deepEqual(whole.frames(), ["", written("gr\xc3\xbc\n")]);
    assert.deepEqual(
      [whole.closeCode(), whole.texts(), whole.subprotocol()],
      [1000, isBase64 ? 2 : 0, protocols[0] ?? ""],
    );
  }
  const followed = connect(`${pod}/log?follow=true`, []);
  followed.send("is passed over");
  simulation.send("kubelet-n1", { type: "fakeKubelet.write", text: "more" } as FakeKubeletOrder);
  simulation.advance(50);
  assert.deepEqual([followed.frames().at(-1), followed.closeCode()], ["more", 0]);
  simulation.crashNow("kubelet-n1", "told to");
  simulation.advance(50);
  assert.equal(followed.closeCode(), 1011);
  const wrong = connect(`${pod}/log`, ["v4.channel.k8s.io"]);
  assert.equal(wrong.code(), 403);
});

test("ports are forwarded in base64 too", () => {
  const { connect, simulation } = stage();
  const socket = connect(`${pod}/portforward?ports=80`, ["v4.base64.channel.k8s.io"]);
  assert.deepEqual(socket.frames(), [`0${btoa("\x50\0")}`, `1${btoa("\x50\0")}`]);
  socket.send(`0${btoa("POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n\xff")}`);
  simulation.advance(50);
  const answer = atob(socket.frames().at(-1)?.slice(1) ?? "");
  assert.ok(answer.endsWith("\xff"), answer);
});
