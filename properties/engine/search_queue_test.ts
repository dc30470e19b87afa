import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { Worker } from "bullmq";
import { Redis } from "ioredis";
import { createHash } from "../../runtime/core/journal.ts";
import { takeTemporaryFolder } from "../../scenarios/cluster/temporary_folder.ts";
import { assert, scenario, test } from "../house/test.ts";
import { progressToldAhead } from "../mutations/progress_told_ahead.ts";
import { startRealRedis } from "../stages/real_redis.ts";
import { runCampaign } from "./campaign.ts";
import { decodeReplay } from "./replay_file.ts";
import { searchOne } from "./search.ts";
import { queueName, serveQueue } from "./search_queue.ts";

const campaign = { runs: 10, seed: 4, suite: "store" } as const;
const notThere = "redis-server is not installed (Debian's redis-server): no campaign was queued";

scenario("workers of a queue perform campaigns as threads do, and lose nothing when one dies", {}, async (context) => {
  const redis = await startRealRedis();
  if (!redis) return context.note(notThere);
  context.use(redis);
  const { url } = redis;
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  // The first that takes work is never heard of again.
  const brief = { concurrency: 1, lockDuration: 600, stalledInterval: 200 };
  const dying = new Worker(queueName, () => new Promise(() => {}), { connection, ...brief });
  const queued = runCampaign({ ...campaign, queue: url });
  await once(dying, "active");
  await dying.close(true);
  connection.disconnect();
  const stop = new AbortController();
  const served: number[] = [];
  const working = serveQueue({
    ...{ url, signal: stop.signal, threads: 1, silenceMs: 600 },
    onDone: (results) => void served.push(...results.map(({ index }) => index)),
  });
  const { hash, runs } = await queued;
  stop.abort();
  await working;
  assert.equal(runs, campaign.runs);
  const all = Array.from({ length: campaign.runs }, (_each, index) => index);
  assert.deepEqual(
    served.toSorted((a, b) => a - b),
    all,
  );
  const alone = createHash();
  for (const index of all) alone.text(searchOne({ campaignSeed: campaign.seed, suite: campaign.suite, index }).hash);
  assert.equal(hash, alone.hex());
});

scenario(
  "what workers of a queue find is written down; one that has other code is not trusted",
  {},
  async (context) => {
    const redis = await startRealRedis();
    if (!redis) return context.note(notThere);
    context.use(redis);
    const { url } = redis;
    const { folder, release } = await takeTemporaryFolder();
    context.use({ [Symbol.asyncDispose]: release });
    const { name: mutation, found } = progressToldAhead;
    assert.ok("properties" in found);
    const asked = { runs: 40, seed: found.campaignSeed, suite: "store", mutation, shrinksMax: 0, queue: url, folder };
    const stop = new AbortController();
    const working = serveQueue({ url, signal: stop.signal, threads: 1, onDone() {} });
    const { violations } = await runCampaign({ ...asked, stopAtFirst: true });
    stop.abort();
    await working;
    assert.equal(violations.length, 1);

    const file = violations[0]?.file ?? "";
    const { definition, violation } = decodeReplay(await readFile(file, "utf8"), file);
    const lie = { hash: "other", events: 0, strikes: [], found: { definition, violation, hash: "other" } };
    const connection = new Redis(url, { maxRetriesPerRequest: null });
    const liar = new Worker(queueName, async ({ data }) => [{ index: data.job.index, ...lie }], { connection });
    await assert.rejects(runCampaign({ ...asked, runs: 1 }), /Cannot trust run 0: .* other code/);
    await liar.close();
    connection.disconnect();
  },
);

test("a queue that is not there is told in one line", async () => {
  const why = /^Error: Cannot use the queue "redis:\/\/127.0.0.1:1": connect ECONNREFUSED .*, start a Redis there/;
  await assert.rejects(runCampaign({ ...campaign, queue: "redis://127.0.0.1:1" }), why);
});
