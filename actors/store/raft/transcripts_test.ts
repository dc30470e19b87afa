import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, test } from "../../../properties/house/test.ts";
import { performed } from "../../../properties/stages/raft/transcript.ts";

const folder = fileURLToPath(new URL("transcripts", import.meta.url));

for (const name of (await readdir(folder)).sort()) {
  test(`Raft does what ${name} tells; npm run transcripts writes down what it does now`, async () => {
    const text = await readFile(join(folder, name), "utf8");
    assert.equal(performed(text), text);
  });
}

test("performed() keeps comments, and says what is wrong with a command", () => {
  assert.equal(performed("# Nothing happens.\n"), "# Nothing happens.\n");
  assert.throws(() => performed("status\n"), /Cannot play "status": nobody has founded a group, begin with found/);
  assert.throws(() => performed("found 1\n\ndance 1\n"), /Cannot play "dance": there is no such command/);
  assert.throws(() => performed("found 1\n\ncrash 2\n"), /Cannot play "crash 2": there is no such replica/);
  assert.throws(() => performed("found 1\n\nchange 1 x2\n"), /Cannot read change "x2": begin with v, l or r/);
});
