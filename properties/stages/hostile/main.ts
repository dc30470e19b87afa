import { all } from "./attacks/all.ts";
import { laySiege, siegeTable } from "./siege.ts";
import { startVictim } from "./victim.ts";

/*
 * `npm run hostile`, or `npm run hostile -- 60 lists` for those attacks whose names contain a word, a minute each: what
 * becomes of a cluster, and of a good client's requests, while somebody means it harm. Exits with 1 where it died, or where
 * the good client waited longer than is bearable.
 */

/** How much longer than in quiet times a good client's slowest requests may take beside whom. */
const bearable = { stranger: 5, admin: 20 } as const;
const memoryGrowthMax = 1.5;
const recoverMs = 5_000;
const lastRecoverMs = 60_000;

const [seconds = "10", word = ""] = process.argv.slice(2);
const attackMs = Number(seconds) * 1_000;
if (!(attackMs > 0)) {
  console.error(`Laying siege: "${seconds}" is no number of seconds, give one above 0, such as: npm run hostile -- 30`);
  process.exit(2);
}
const attacks = all.filter(({ name }) => name.includes(word));
if (attacks.length === 0) {
  console.error(
    `Laying siege: no attack's name contains "${word}", use one of: ${all.map(({ name }) => name).join("; ")}`,
  );
  process.exit(2);
}

await using victim = await startVictim();
const outcomes = await laySiege(victim, attacks, {
  attackMs,
  recoverMs,
  onOutcome: ({ name, p99Ms }) => console.error(`${name}: p99 ${p99Ms.toFixed(1)} ms`),
});
console.log(siegeTable(outcomes));
const [quiet] = outcomes;
const broken = outcomes.flatMap(({ name, who, p99Ms, isAlive }) => {
  if (!isAlive) return [`${name}: the cluster died: ${victim.lastWords()}`];
  const times = p99Ms / (quiet?.p99Ms ?? p99Ms);
  return who !== "nobody" && times > bearable[who]
    ? [`${name}: a good client waited ${times.toFixed(1)} times as long`]
    : [];
});
if (victim.isAlive()) {
  await new Promise((resolve) => setTimeout(resolve, lastRecoverMs));
  const growth = (await victim.residentBytes()) / (quiet?.afterBytes ?? 1);
  console.log(`A minute later it has ${growth.toFixed(2)} times the memory that it had before`);
  if (growth > memoryGrowthMax) broken.push(`memory stayed ${growth.toFixed(2)} times what it was`);
}
for (const each of broken) console.log(`NOT BORNE: ${each}`);
process.exitCode = broken.length > 0 ? 1 : 0;
