import { assert, test } from "../house/test.ts";
import { shownUrl } from "./shown_url.ts";

test("shownUrl() shows no password, whatever is in it, and all else", () => {
  assert.equal(shownUrl("redis://10.0.0.5:6379"), "redis://10.0.0.5:6379");
  assert.equal(shownUrl("redis://user:pass@host:6379/1"), "redis://user:***@host:6379/1");
  assert.equal(shownUrl("rediss://:p:a@ss@host"), "rediss://:***@host");
  assert.equal(shownUrl("redis://host:6379/?a=b:c@d"), "redis://host:6379/?a=b:c@d");
});
