import { assert, fc, property, test } from "../../properties/house/test.ts";
import { createTransportLab, server, windowBytes } from "../../properties/stages/network/transport_lab.ts";
import { tcpLimits } from "./tcp_limits.ts";

test("a connection opens, carries bytes both ways, ends each way by itself, and leaves nothing waiting", () => {
  const { open, write, run, client: a, server: b, transports } = createTransportLab();
  open();
  run();
  write("client", "ask", true);
  run();
  assert.deepEqual([b.received, b.news], ["ask", ["last"]]);
  write("server", "answer");
  run();
  assert.equal(a.received, "answer");
  assert.equal(transports.server.nextWakeMs(), undefined);
  write("server", "!", true);
  run();
  assert.deepEqual([a.received, a.news], ["answer!", ["opened", "last"]]);
  assert.deepEqual([transports.client.size, transports.server.size], [0, 0]);
});

test("an exchange costs few packets: what is acknowledged travels with what is written", () => {
  const { open, write, run, moment, lab } = createTransportLab();
  open();
  run(moment.uptimeMs + 5);
  write("client", "ask");
  run(moment.uptimeMs + 5);
  write("server", "answer", true);
  run(moment.uptimeMs + 5);
  write("client", "", true);
  run();
  assert.equal(lab.sent, 6, "syn, synack, ask, answer with its end, end, the acknowledgement of that");
});

test("a port where nobody listens refuses; a host that is gone lets a client wait for 127 seconds", () => {
  const refusing = createTransportLab({ accepts: 0 });
  refusing.open();
  refusing.run();
  assert.deepEqual(refusing.client.news, ["failed: refused"]);
  const silent = createTransportLab();
  silent.lab.isCut = true;
  silent.open();
  silent.run();
  assert.deepEqual([silent.client.news, silent.moment.uptimeMs, silent.lab.sent], [["failed: timeout"], 127_000, 7]);
});

test("a host that has forgotten a connection resets it when it hears of it", () => {
  const { open, write, run, client: a, reboot, transports } = createTransportLab();
  open();
  run();
  reboot("server");
  run();
  assert.deepEqual(a.news, ["opened"]);
  write("client", "still there?");
  run();
  assert.deepEqual([a.news, transports.client.size], [["opened", "broken: reset"], 0]);
});

test("what is not acknowledged for a quarter of an hour is given up; until then a link may heal", () => {
  const { open, write, run, client: a, server: b, lab, moment } = createTransportLab();
  open();
  run();
  lab.isCut = true;
  write("client", "first");
  run(moment.uptimeMs + 300_000);
  lab.isCut = false;
  run();
  assert.deepEqual([b.received, a.news], ["first", ["opened"]]);
  lab.isCut = true;
  const atMs = moment.uptimeMs;
  write("client", "second");
  run();
  assert.deepEqual(a.news, ["opened", "broken: timeout"]);
  assert.ok(Math.abs(moment.uptimeMs - atMs - 924_600) < 20_000, `${moment.uptimeMs - atMs}`);
});

test("a reader that takes nothing stops its writer, and hears nothing twice when it goes on", () => {
  const { open, write, run, client: a, server: b, lab, take, moment } = createTransportLab();
  open();
  run();
  lab.takes = false;
  const text = "x".repeat(windowBytes * 3);
  write("client", text, true);
  run(moment.uptimeMs + 600_000);
  assert.deepEqual([b.received.length, a.taken], [windowBytes, 0]);
  const probes = lab.sent;
  run(moment.uptimeMs + 600_000);
  assert.ok(lab.sent - probes <= 20, `${lab.sent - probes} packets ask for a closed window in ten minutes`);
  // The news that the window is open again is lost: asking finds out.
  lab.isCut = true;
  take("server");
  lab.isCut = false;
  lab.takes = true;
  run();
  assert.equal(b.received, text);
  assert.ok(a.taken >= windowBytes * 2, `${a.taken} bytes are known to be taken`);
});

test("a copy of an old connection's packets does not begin a new one, nor touch one with the same ports", () => {
  const { open, write, run, server: b, packets, transports, moment } = createTransportLab();
  open();
  run();
  write("client", "once", true);
  write("server", "", true);
  run();
  const old = packets.filter(({ target }) => target.ip === server.ip);
  for (const packet of old) transports.server.receive(packet, moment);
  run();
  assert.deepEqual([b.received, transports.server.size], ["once", 0]);
  moment.uptimeMs += tcpLimits.timeWaitMs + 1;
  b.received = "";
  open();
  run();
  for (const packet of old) transports.server.receive(packet, moment);
  write("client", "again");
  run();
  assert.equal(b.received, "again");
});

test("a client that lost its memory and comes back with the same port gets its connection", () => {
  const { open, write, run, reboot, client: a, server: b, transports } = createTransportLab();
  open();
  run();
  reboot("client");
  open();
  run();
  write("client", "me again");
  run();
  assert.deepEqual([a.news, b.news], [["opened", "opened"], ["broken: reset"]]);
  assert.deepEqual([b.received, transports.server.size], ["me again", 1]);
});

const weather = fc.record({
  loss: fc.double({ min: 0, max: 0.4, noNaN: true }),
  copies: fc.double({ min: 0, max: 0.5, noNaN: true }),
  delayMsMax: fc.integer({ min: 1, max: 400 }),
});
const action = fc.record({
  side: fc.constantFrom<("client" | "server")[]>("client", "server"),
  size: fc.nat(900),
  waitMs: fc.nat(1_500),
  what: fc.constantFrom("write", "write", "write", "last", "stall", "go", "reset", "cut", "heal"),
});

property(
  "whatever links do, both sides get exactly what was written, in order, or hear of the break",
  [weather, fc.array(action, { maxLength: 25 }), fc.nat()],
  (given, actions, seed) => {
    const parts = createTransportLab({ seed, accepts: 1 });
    const { open, write, run, take, lab, moment, transports, client: a, server: b } = parts;
    const written = { client: "", server: "" };
    const isLast = { client: false, server: false };
    let isReset = false;
    let count = 0;
    lab.weather = given;
    open();
    for (const { side, size, waitMs, what } of actions) {
      const end = side === "client" ? a.end : b.end;
      const isWritable = end !== undefined && end.phase !== "closed" && !isLast[side];
      if ((what === "write" || what === "last") && isWritable) {
        const data = Array.from({ length: size }, () => String.fromCharCode(count++ & 255)).join("");
        written[side] += data;
        isLast[side] = what === "last";
        write(side, data, isLast[side]);
      } else if (what === "stall") lab.takes = false;
      else if (what === "go") resume();
      else if (what === "cut" || what === "heal") lab.isCut = what === "cut";
      else if (what === "reset" && end && end.phase !== "closed") {
        isReset = true;
        transports[side].reset(end, moment);
      }
      run(moment.uptimeMs + waitMs);
    }
    function resume() {
      lab.takes = true;
      for (const side of ["client", "server"] as const) take(side);
    }
    resume();
    lab.isCut = false;
    lab.weather = { ...given, loss: Math.min(given.loss, 0.2) };
    for (const side of ["client", "server"] as const) {
      if (!isLast[side]) write(side, "", true);
    }
    run();
    resume();
    run();
    if (b.end && b.end.phase !== "closed") write("server", "", true);
    run();
    assert.ok(written.client.startsWith(b.received), "the server got what was not written");
    assert.ok(written.server.startsWith(a.received), "the client got what was not written");
    const news = [...a.news, ...b.news];
    const isBroken = isReset || news.some((each) => /failed|broken/.test(each));
    // Whoever has nothing more to say does not notice a break that nobody could tell it of, as in any TCP.
    if (isBroken) return;
    assert.equal(transports.client.size, 0, "the client's end has not ended");
    assert.deepEqual([b.received, a.received], [written.client, written.server]);
    assert.deepEqual([transports.server.size, transports.server.nextWakeMs()], [0, undefined]);
  },
  { runs: 300 },
);
