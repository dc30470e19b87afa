import { assert, test } from "../../../properties/house/test.ts";
import {
  exited,
  exitOf,
  get,
  has,
  lines,
  type Stage,
  simulatedStage,
  textOf,
} from "../../../properties/stages/modules/stages.ts";
import { workerStage } from "../../../properties/stages/modules/worker_stage.ts";
import { chunksUnderWayMax } from "./module_runner.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

for (const [name, stage] of Object.entries({ worker: workerStage, simulated: simulatedStage() })) {
  const check = (does: string, body: (stage: Stage) => Promise<void>) =>
    test(`a ${name} module ${does}`, () => body(stage));

  check("answers requests, knows its pod, and prints lines", async ({ start }) => {
    const container = await start(
      `export default {
        async start(env) { console.log("begins", { args: env.args }); console.error("one\\ntwo"); },
        async fetch(request, env) {
          const url = new URL(request.url);
          env.log(request.method, url.pathname);
          return Response.json({ hostname: env.hostname, color: env.vars.COLOR, q: url.searchParams.get("q") }, { status: 201 });
        },
      };`,
      { vars: { COLOR: "blue" }, args: ["--fast"] },
    );
    container.tell({ type: "request", id: 1, method: "GET", url: "http://app/early", headers: [], hasBody: false });
    await container.until(has("listening"));
    const answer = await get(container, "/a?q=%C3%A4", 2);
    assert.deepEqual(
      { ...answer, text: JSON.parse(answer.text) },
      { status: 201, text: { hostname: "web-0", color: "blue", q: "ä" } },
    );
    assert.deepEqual(lines(container, "stdout").slice(0, 1), ["begins { args: [ '--fast' ] }"]);
    assert.ok(lines(container, "stdout").includes("GET /a"));
    assert.deepEqual(lines(container, "stderr"), ["one", "two"]);
  });

  check("streams bodies in and out, no faster than they are taken", async ({ start }) => {
    const container = await start(
      `export default {
        fetch(request) {
          if (request.method === "POST") {
            const upper = new TransformStream({ transform(chunk, to) {
              to.enqueue(new TextEncoder().encode(new TextDecoder().decode(chunk).toUpperCase()));
            } });
            return new Response(request.body.pipeThrough(upper));
          }
          let n = 0;
          return new Response(new ReadableStream({ pull(to) { to.enqueue(new TextEncoder().encode(n++ + ",")); } }));
        },
      };`,
    );
    await container.until(has("listening"));
    container.tell({ type: "request", id: 1, method: "POST", url: "http://app/", headers: [], hasBody: true });
    for (const word of ["some ", "words"]) container.tell({ type: "request.chunk", id: 1, data: bytes(word) });
    container.tell({ type: "request.end", id: 1 });
    await container.until(has("response.end", 1));
    assert.equal(textOf(container, "response.chunk", 1), "SOME WORDS");
    assert.equal(container.outputs.filter((output) => output.type === "request.taken").length, 2);

    const chunks = () =>
      container.outputs.filter((output) => output.type === "response.chunk" && output.id === 2).length;
    container.tell({ type: "request", id: 2, method: "GET", url: "http://app/", headers: [], hasBody: false });
    await container.until(() => chunks() === chunksUnderWayMax);
    container.tell({ type: "response.taken", id: 2 });
    await container.until(() => chunks() === chunksUnderWayMax + 1);
    container.tell({ type: "request.abort", id: 2 });
    assert.ok(textOf(container, "response.chunk", 2).startsWith("0,1,2,"));
    assert.ok(!has("response.end", 2)(container.outputs));
  });

  check("fetches other services, with bodies, redirects, aborts and failures", async ({ start }) => {
    const container = await start(
      `export default {
        async fetch(request, env) {
          const path = new URL(request.url).pathname;
          if (path === "/post") {
            const answer = await env.fetch("http://cart/add", { method: "POST", body: JSON.stringify({ n: 1 }), headers: { "x-user": "ann" } });
            return new Response(answer.status + " " + answer.headers.get("x-a") + " " + (await answer.text()));
          }
          if (path === "/follow") { const answer = await fetch("http://old/"); return new Response(answer.url + answer.redirected + await answer.text()); }
          if (path === "/abort") {
            const late = await fetch("http://slow/", { signal: AbortSignal.timeout(20) }).catch((error) => error);
            return new Response(late.name);
          }
          const error = await fetch("http://nobody/").catch((error) => error);
          return new Response(error.name + ": " + error.message + ": " + error.cause.message);
        },
      };`,
    );
    await container.until(has("listening"));
    const fetches = () => container.outputs.flatMap((output) => (output.type === "fetch" ? [output] : []));
    const asked = async (path: string, id: number, count: number) => {
      const answer = get(container, path, id);
      await container.until(() => fetches().length === count);
      return answer;
    };

    const posted = asked("/post", 1, 1);
    await container.until(has("fetch.body.end"));
    assert.deepEqual(fetches()[0], {
      type: "fetch",
      id: 1,
      method: "POST",
      url: "http://cart/add",
      headers: [
        ["content-type", "text/plain;charset=UTF-8"],
        ["x-user", "ann"],
      ],
      hasBody: true,
    });
    assert.equal(textOf(container, "fetch.body", 1), '{"n":1}');
    container.tell({ type: "fetch.taken", id: 1 });
    container.tell({ type: "fetch.head", id: 1, status: 202, headers: [["X-A", "b"]] });
    container.tell({ type: "fetch.chunk", id: 1, data: bytes("tak") });
    container.tell({ type: "fetch.chunk", id: 1, data: bytes("en") });
    container.tell({ type: "fetch.end", id: 1 });
    assert.equal((await posted).text, "202 b taken");

    const followed = asked("/follow", 2, 2);
    await container.until(() => fetches().length === 2);
    container.tell({ type: "fetch.head", id: 2, status: 302, headers: [["location", "http://new/x"]] });
    await container.until(() => fetches().length === 3);
    assert.equal(fetches()[2]?.url, "http://new/x");
    container.tell({ type: "fetch.head", id: 3, status: 200, headers: [] });
    container.tell({ type: "fetch.end", id: 3 });
    assert.equal((await followed).text, "http://new/xtrue");

    assert.equal((await asked("/abort", 3, 4)).text, "TimeoutError");
    assert.ok(has("fetch.abort", 4)(container.outputs));

    const failed = asked("/fail", 4, 5);
    await container.until(() => fetches().length === 5);
    container.tell({ type: "fetch.failed", id: 5, message: "connect ECONNREFUSED 10.0.0.1:80" });
    assert.equal((await failed).text, "TypeError: fetch failed: connect ECONNREFUSED 10.0.0.1:80");
  });

  check("answers 500 when its handler throws, and lives on", async ({ start }) => {
    const container = await start(
      `export default { fetch(request) {
        if (request.url.endsWith("/bad")) return "no response";
        if (request.url.endsWith("/throw")) throw new Error("boom");
        return new Response("fine");
      } };`,
    );
    await container.until(has("listening"));
    assert.equal((await get(container, "/throw", 1)).status, 500);
    assert.equal((await get(container, "/bad", 2)).status, 500);
    assert.deepEqual(await get(container, "/", 3), { status: 200, text: "fine" });
    const errors = lines(container, "stderr").filter((line) => !line.startsWith(" "));
    assert.deepEqual(errors, [
      "Error: boom",
      "TypeError: Cannot answer a request: the handler gave no Response, return one",
    ]);
  });

  check("ends as its signal hook says, or at once without one; jobs end by themselves", async ({ start }) => {
    const graceful = await start(
      `export default {
        fetch: () => new Response("x"),
        async signal(name) { console.log(name); await new Promise((done) => setTimeout(done, 30)); return name === "SIGTERM" ? 7 : undefined; },
      };`,
    );
    await graceful.until(has("listening"));
    graceful.tell({ type: "signal", name: "SIGHUP" });
    graceful.tell({ type: "signal", name: "SIGTERM" });
    await graceful.until(exited);
    assert.deepEqual(exitOf(graceful), { type: "exit", code: 7, reason: "Error" });
    assert.deepEqual(lines(graceful, "stdout"), ["SIGHUP", "SIGTERM"]);

    const plain = await start(`export default { fetch: () => new Response("x") };`);
    await plain.until(has("listening"));
    plain.tell({ type: "signal", name: "SIGTERM" });
    await plain.until(exited);
    assert.equal(exitOf(plain).code, 143);

    const job = await start(`export default { async start() { await null; console.log("done"); return 0; } };`);
    await job.until(exited);
    assert.deepEqual(job.outputs, [
      { type: "log", stream: "stdout", line: "done" },
      { type: "exit", code: 0, reason: "Completed" },
    ]);
    const quitter = await start(
      `export default { start(env) { setTimeout(() => env.exit(3), 5); }, fetch: () => new Response("") };`,
    );
    await quitter.until(exited);
    assert.deepEqual(exitOf(quitter), { type: "exit", code: 3, reason: "Error" });
  });

  check("carries out commands by its hook", async ({ start }) => {
    const container = await start(
      `export default {
        fetch: () => new Response(""),
        exec([name, ...rest]) {
          if (name === "throw") throw new TypeError("bad");
          if (name === "false") return 1;
          return name === "both" ? { exitCode: 2, stdout: "o", stderr: "e" } : rest.join(" ");
        },
      };`,
    );
    await container.until(has("listening"));
    const commands = [["echo", "a", "b"], ["false"], ["both"], ["throw"]];
    for (const [index, command] of commands.entries()) container.tell({ type: "exec", id: index, command });
    await container.until(has("exec.end", 3));
    const results = container.outputs.flatMap((output) => (output.type === "exec.end" ? [output] : []));
    assert.deepEqual(
      results.map(({ exitCode, stdout, stderr }) => [exitCode, stdout, stderr.split("\n", 1)[0]]),
      [
        [0, "a b", ""],
        [1, "", ""],
        [2, "o", "e"],
        [1, "", "TypeError: bad"],
      ],
    );
    const bare = await start(`export default { fetch: () => new Response("") };`);
    await bare.until(has("listening"));
    bare.tell({ type: "exec", id: 9, command: ["ls"] });
    await bare.until(has("exec.end", 9));
    assert.deepEqual(bare.outputs.at(-1), {
      type: "exec.end",
      id: 9,
      exitCode: 127,
      stdout: "",
      stderr: 'exec: "ls": executable file not found in $PATH\n',
    });
  });

  check("exits with 1 and the error on stderr when it throws where nobody catches it", async ({ start }) => {
    const texts: [string, RegExp][] = [
      [`throw new RangeError("on load"); export default { fetch() {} };`, /^RangeError: on load$/],
      [`export default { async start() { throw new Error("in start"); }, fetch() {} };`, /^Error: in start$/],
      [
        `export default { start() { setTimeout(() => { throw new Error("in timer"); }, 1); }, fetch() {} };`,
        /^Error: in timer$/,
      ],
      [
        `export default { start() { (async () => { await null; throw new Error("nobody waits"); })(); }, fetch() {} };`,
        /^Error: nobody waits$/,
      ],
      [`export default { start() { void Promise.reject(5); }, fetch() {} };`, /^Uncaught 5$/],
      [`export const fetch = 1;`, /^Error: Cannot start image: it has no handler, export default/],
      [`export default { fetch: 1 };`, /^Error: Cannot start image: it has no handler, export default/],
    ];
    await Promise.all(
      texts.map(async ([text, expected]) => {
        const container = await start(text);
        await container.until(exited);
        assert.deepEqual(exitOf(container), { type: "exit", code: 1, reason: "Error" });
        assert.match(lines(container, "stderr")[0] ?? "", expected);
      }),
    );
  });

  check("hears nothing more from outside or inside after it was killed", async ({ start }) => {
    const container = await start(
      `export default { start() { setInterval(() => console.log("tick"), 5); }, fetch: () => new Response("") };`,
    );
    await container.until(() => lines(container, "stdout").length >= 3);
    container.kill();
    await container.until(exited);
    container.tell({ type: "exec", id: 1, command: ["ls"] });
    assert.deepEqual(container.outputs.at(-1), { type: "exit", code: 137, reason: "Error" });
    assert.equal(container.outputs.filter((output) => output.type === "exit").length, 1);
  });

  check("is refused Node's own modules by name", async ({ start }) => {
    for (const builtin of ["net", "fs"]) {
      const container = await start(
        `import * as own from "node:${builtin}"; export default { fetch: () => new Response(String(own)) };`,
      );
      await container.until(exited);
      assert.equal(exitOf(container).code, 1);
      assert.match(lines(container, "stderr").join("\n"), new RegExp(`imports "node:${builtin}"`));
    }
    const hidden = await start(
      `const name = "node:" + "os"; export default { async start() { await import (name); }, fetch() {} };`,
    );
    await hidden.until(exited);
    assert.match(lines(hidden, "stderr")[0] ?? "", /^Error: Cannot use "node:os" in/);
  });

  check("sees the web's globals and none of Node's", async ({ start }) => {
    const container = await start(
      `import { webGlobals, withheldGlobals } from ${JSON.stringify(new URL("./image_module.ts", import.meta.url).pathname)};
      export default { async start() {
        const missing = webGlobals.filter((name) => globalThis[name] === undefined);
        const types = [typeof process, typeof Buffer, typeof global, typeof setImmediate, typeof WebSocket].join();
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode("abc")));
        const copy = structuredClone({ at: new Date(5), map: new Map([[1, [2]]]), bytes: new Uint8Array([7]) });
        const random = [Math.random() !== Math.random(), crypto.randomUUID().length, crypto.getRandomValues(new Uint8Array(5)).length];
        const order = [];
        setTimeout(() => order.push("timer"), 0);
        queueMicrotask(() => order.push("microtask"));
        order.push("now");
        await new Promise((done) => setTimeout(done, 5));
        const form = await new Request("http://x/", { method: "POST", body: new URLSearchParams({ a: "1 2" }) });
        const url = new URL("../b?x=1#y", "http://h:81/a/c");
        url.searchParams.append("z", "ä");
        console.log(JSON.stringify([missing, types, digest[0], copy.map.get(1), copy.at.getTime(), copy.bytes[0], random, order,
          form.headers.get("content-type"), await form.text(), url.href, btoa("hi"), atob("aGk="),
          new TextDecoder().decode(new TextEncoder().encode("ü€")), new Date(0).toISOString(), performance.now() >= 0]));
        const signal = new AbortController();
        signal.signal.addEventListener("abort", () => console.log("aborted", signal.signal.reason));
        signal.abort("why");
        return 0;
      } };`,
    );
    await container.until(exited);
    assert.deepEqual(lines(container, "stderr"), []);
    const [first = "", second] = lines(container, "stdout");
    assert.deepEqual(JSON.parse(first), [
      [],
      "undefined,undefined,undefined,undefined,undefined",
      186,
      [2],
      5,
      7,
      [true, 36, 5],
      ["now", "microtask", "timer"],
      "application/x-www-form-urlencoded;charset=UTF-8",
      "a=1+2",
      "http://h:81/b?x=1&z=%C3%A4#y",
      "aGk=",
      "hi",
      "ü€",
      "1970-01-01T00:00:00.000Z",
      true,
    ]);
    assert.equal(second, "aborted why");
  });

  check("orders what awaits as the language does", async ({ start }) => {
    const container = await start(`
      const say = [];
      const mark = (text) => say.push(text);
      async function chain(name, depth) { for (let i = 0; i < depth; i++) { await i; mark(name + i); } return name; }
      async function* numbers() { for (let i = 0; i < 3; i++) { yield i; mark("y" + i); } }
      export default { async start() {
        const all = Promise.all([chain("a", 3), chain("b", 2), Promise.resolve().then(() => mark("t"))]);
        (async () => { for await (const n of numbers()) mark("n" + n); })();
        mark(JSON.stringify(await all));
        mark(await Promise.race([chain("r", 1), chain("s", 1)]));
        mark(JSON.stringify(await Promise.allSettled([Promise.reject(1), 2])));
        mark(await Promise.any([Promise.reject(1), chain("u", 1)]));
        await Promise.reject(new Error("caught")).catch((e) => mark(e.message)).finally(() => mark("finally"));
        const stream = new ReadableStream({ async start(to) { for (const c of "xyz") { to.enqueue(c); await null; } to.close(); } });
        for await (const c of stream) mark(c);
        console.log(say.join(" "));
        return 0;
      } };`);
    await container.until(exited);
    assert.deepEqual(lines(container, "stderr"), []);
    assert.equal(
      lines(container, "stdout")[0],
      'a0 b0 t a1 b1 n0 y0 a2 n1 y1 ["a","b",3] r0 s0 n2 y2 r [{"status":"rejected","reason":1},{"status":"fulfilled","value":2}] u0 u caught finally x y z',
    );
  });
}
