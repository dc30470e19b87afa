import { assert, test } from "../../../properties/house/test.ts";
import type { End, EndHandlers, Moment, Transport } from "../../network/connection.ts";
import { socketWindowBytes } from "../../network/endpoint.ts";
import type { Packet } from "../../network/packet.ts";
import { helloText } from "../../network/tls/hello.ts";
import { createTransport } from "../../network/transport.ts";
import { askPod } from "./ask_pod_device.ts";

const now: Moment = { uptimeMs: 0, int: () => 1 };
const local = { ip: "10.0.0.1", port: 40_000 };
const remote = { ip: "10.244.0.2", port: 443 };

/** A question to a pod that the test plays, over two transports of the cluster's network. */
function stage(url: string, more: { readonly upgrades?: boolean } = {}) {
  const under: (() => void)[] = [];
  const settle = () => {
    for (let next = under.shift(); next; next = under.shift()) next();
  };
  const carry = (to: () => Transport<Moment>) => (packet: Packet) => void under.push(() => to().receive(packet, now));
  const seen = { received: "", news: [] as string[], isTaking: true };
  let pod: End | undefined;
  const handlers: EndHandlers<Moment> = {
    opened() {},
    failed() {},
    received(end, { data, isLast }) {
      seen.received += data;
      if (isLast) seen.news.push("end");
      if (seen.isTaking) there.take(end, data.length, now);
    },
    taken() {},
    broken: (_end, why) => void seen.news.push(why),
  };
  const here: Transport<Moment> = createTransport({ send: carry(() => there), offered() {} });
  const there: Transport<Moment> = createTransport({
    send: carry(() => here),
    offered(end) {
      pod = end;
      there.accept(end, handlers, now);
    },
  });
  const told: unknown[] = [];
  const headers = { connection: "Upgrade", upgrade: "x" };
  const asked = askPod(
    { method: "GET", url, headers, isUnverified: true, ...more },
    {
      head: (code) => void told.push(code),
      chunk: (data) => void told.push(data),
      end: () => void told.push("end"),
      failed: ({ code }) => void told.push(code),
    },
    { transport: here, now: () => now, wallMs: 0, isHeld: true },
  );
  here.open({ local, remote }, asked.handlers, now);
  settle();
  const say = (data: string, isLast = false) => {
    if (pod) there.write(pod, { data, isLast }, now);
    settle();
  };
  return { asked, seen, told, say, settle };
}

const agreed = "HTTP/1.1 101 Sure\r\nUpgrade: x\r\n\r\n";

test("askPod() goes on with another protocol, plainly or by TLS, and tells what the pod has taken", () => {
  for (const scheme of ["http", "https"]) {
    const { asked, seen, told, say, settle } = stage(`${scheme}://pod:443/a?b`, { upgrades: true });
    if (scheme === "https") say(helloText({}));
    assert.match(
      seen.received,
      /GET \/a\?b HTTP\/1\.1\r\nhost: pod(?::443)?\r\nconnection: Upgrade\r\nupgrade: x\r\n\r\n$/,
    );
    const rooms: boolean[] = [];
    const write = (data: string) => {
      asked.write(data, (isRoom) => rooms.push(isRoom));
      settle();
    };
    write("early");
    say(`${agreed}\xffhi`);
    write("one");
    assert.deepEqual([told, rooms, seen.received.slice(-3)], [[101, "\xffhi"], [false, true], "one"]);
    seen.isTaking = false;
    for (let times = 0; times < 3; times++) write("x".repeat(socketWindowBytes / 3));
    assert.deepEqual(rooms.slice(2), [true]);
    say("bye", true);
    assert.deepEqual([told.slice(2), rooms.slice(3), seen.news], [["bye", "end"], [false, false], ["end"]]);
  }
});

test("askPod() ends what has switched protocols before it breaks off who does not end then", () => {
  const { asked, seen, told, say, settle } = stage("http://pod/", { upgrades: true });
  say(agreed);
  asked.stop();
  settle();
  assert.deepEqual(seen.news, ["end"]);
  say("for nobody");
  asked.stop();
  settle();
  assert.deepEqual([seen.news, told], [["end", "reset"], [101]]);
  const ordinary = stage("http://pod/");
  ordinary.say("HTTP/1.1 200 OK\r\n\r\npart");
  ordinary.asked.stop();
  ordinary.settle();
  assert.deepEqual([ordinary.told, ordinary.seen.news], [[200, "part"], ["reset"]]);
});
