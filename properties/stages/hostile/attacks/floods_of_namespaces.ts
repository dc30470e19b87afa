import { type Attack, flood } from "../attack.ts";
import { createClient } from "../target.ts";

const namespaces = "/api/v1/namespaces";
const namesMax = 100;
const nameOf = (index: number) => `flooded-${index % namesMax}`;

/** Namespaces that are made and deleted, round and round: each is work for many controllers. */
export const floodsOfNamespaces: Attack = {
  name: "floods of namespaces",
  who: "admin",
  async run(attacker) {
    await flood(attacker, {
      who: "admin",
      width: 4,
      ask(index) {
        const [round, name] = [Math.floor(index / namesMax), nameOf(index)];
        if (round % 2 === 1) return { method: "DELETE", path: `${namespaces}/${name}` };
        const body = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
        return { method: "POST", path: namespaces, body };
      },
    });
    const client = createClient(attacker.target, "admin");
    const names = Array.from({ length: namesMax }, (_none, index) => nameOf(index));
    await Promise.all(names.map((name) => client.send({ method: "DELETE", path: `${namespaces}/${name}` })));
    client.close();
  },
};
