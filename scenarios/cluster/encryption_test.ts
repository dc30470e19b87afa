import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, test } from "../../properties/house/test.ts";
import { readEncryptionConfiguration, readEncryptionKey } from "./encryption.ts";
import { takeTemporaryFolder } from "./temporary_folder.ts";

test("keys and configurations of encryption are read from files, and errors show none of what is in them", async () => {
  const { folder, release } = await takeTemporaryFolder();
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const secret = btoa("k".repeat(32));
  assert.deepEqual(readEncryptionKey(file("key", `${secret}\n`)), [
    {
      resources: ["secrets"],
      providers: [{ sort: "aesgcm", keys: [{ name: "key1", secret }] }, { sort: "identity" }],
    },
  ]);
  const hides = (read: () => unknown, why: RegExp, hidden: string) =>
    assert.throws(read, (error: Error) => why.test(error.message) && !error.message.includes(hidden));
  hides(() => readEncryptionKey(secret), /Cannot read the encryption key: ENOENT, give the name of a file/, secret);
  hides(() => readEncryptionKey(file("short", btoa("hidden"))), /must be base64 of 16, 24 or 32 bytes/, btoa("hidden"));
  hides(() => readEncryptionConfiguration(file("odd", `a: [${secret}`)), /it is no YAML/, secret);
  hides(() => readEncryptionConfiguration(file("other", "kind: Pod")), /it is no EncryptionConfiguration/, secret);
  await release();
});
