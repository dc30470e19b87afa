import { assert, test } from "../../../properties/house/test.ts";
import { withETag } from "./etag.ts";

test("withETag() says of what has not changed what it is: kubectl takes the headers over into its cache", () => {
  const contentType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
  const response = { code: 200, body: "{}", contentType };
  const kept = withETag(response, "AB", 'W/"CD", "AB"');
  assert.deepEqual([kept.code, kept.body, kept.contentType, kept.headers?.ETag], [304, "", contentType, '"AB"']);
  assert.equal(withETag(response, "AB", '"CD"').code, 200);
});
