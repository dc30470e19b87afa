import { createHash } from "node:crypto";
import { has, simulatedStage } from "./stages.ts";

const busy = `
  export default {
    async fetch(request) {
      const parts = [Date.now(), Math.random(), crypto.randomUUID(), performance.now(), new Date().toString(), new Date(0).toLocaleString()];
      await new Promise((done) => setTimeout(done, Math.random() * 50));
      const found = await Promise.race([1, 2, 3].map((n) => new Promise((done) => setTimeout(() => done(n), Math.random() * 20))));
      const body = request.body === null ? "" : await request.text();
      const stream = new ReadableStream({ async pull(to) { await null; to.enqueue(new TextEncoder().encode(parts.pop() + ";")); if (!parts.length) to.close(); } });
      console.log(found, body, new Date(), new Error("here").stack);
      return new Response(stream);
    },
  };`;

/** The hash of all that a simulated container tells while it answers three requests at once, with time and luck. */
export async function transcriptHash(seed: number): Promise<string> {
  const container = await simulatedStage({}, seed).start(busy);
  await container.until(has("listening"));
  for (const id of [1, 2, 3]) {
    container.tell({ type: "request", id, method: "POST", url: "http://app/", headers: [], hasBody: true });
    container.tell({ type: "request.chunk", id, data: new Uint8Array([64 + id]) });
    container.tell({ type: "request.end", id });
  }
  await container.until((outputs) => outputs.filter(({ type }) => type === "response.end").length === 3);
  const hash = createHash("sha256");
  for (const output of container.outputs) {
    hash.update(JSON.stringify("data" in output ? { ...output, data: Array.from(output.data) } : output));
  }
  return hash.digest("hex");
}
