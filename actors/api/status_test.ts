import { assert, test } from "../../properties/house/test.ts";
import { invalid, required } from "./field_error.ts";
import * as status from "./status.ts";

const pods = { group: "", resource: "pods" };
const deployments = { group: "apps", resource: "deployments" };

test("each Status has the code, reason and words of a real server", () => {
  const cases: [status.Status, number, string, string][] = [
    [status.notFound(pods, "x"), 404, "NotFound", 'pods "x" not found'],
    [status.notFound(deployments, "x"), 404, "NotFound", 'deployments.apps "x" not found'],
    [status.alreadyExists(pods, "x"), 409, "AlreadyExists", 'pods "x" already exists'],
    [
      status.conflict(pods, "x"),
      409,
      "Conflict",
      'Operation cannot be fulfilled on pods "x": the object has been modified; please apply your changes to the latest version and try again',
    ],
    [status.forbiddenStatus(pods, "x", "no"), 403, "Forbidden", 'pods "x" is forbidden: no'],
    [status.forbiddenStatus(pods, "", "no"), 403, "Forbidden", "pods is forbidden: no"],
    [status.unauthorized(), 401, "Unauthorized", "Unauthorized"],
    [
      status.methodNotAllowed(pods, "create"),
      405,
      "MethodNotAllowed",
      'create is not supported on resources of kind "pods"',
    ],
    [status.expired(), 410, "Expired", "The resourceVersion for the provided watch is too old."],
    [status.tooOldResourceVersion(3, 9), 410, "Expired", "too old resource version: 3 (9)"],
    [status.tooLargeResourceVersion(9, 3, 1), 504, "Timeout", "Timeout: Too large resource version: 9, current: 3"],
    [status.timeout("slow", 1), 504, "Timeout", "Timeout: slow"],
    [status.tooManyRequests("busy", 1), 429, "TooManyRequests", "busy"],
    [status.internalError("boom"), 500, "InternalError", "Internal error occurred: boom"],
    [status.serviceUnavailable("gone"), 503, "ServiceUnavailable", "gone"],
    [status.badRequest("what"), 400, "BadRequest", "what"],
    [
      status.unsupportedMediaType(["application/json"]),
      415,
      "UnsupportedMediaType",
      "the body of the request was in an unknown format - accepted media types include: application/json",
    ],
  ];
  for (const [made, code, reason, message] of cases) {
    assert.deepEqual([made.code, made.reason, made.message, made.status], [code, reason, message, "Failure"]);
  }
  assert.deepEqual(status.notFound(deployments, "x").details, { name: "x", group: "apps", kind: "deployments" });
});

test("invalidObject() names every cause", () => {
  const errors = [required("spec.containers"), invalid("spec.replicas", -1, "must be greater than or equal to 0")];
  const made = status.invalidObject({ group: "apps", kind: "Deployment" }, "x", errors);
  assert.equal(
    made.message,
    'Deployment.apps "x" is invalid: [spec.containers: Required value, spec.replicas: Invalid value: -1: must be greater than or equal to 0]',
  );
  assert.deepEqual(made.details, {
    name: "x",
    group: "apps",
    kind: "Deployment",
    causes: [
      { reason: "FieldValueRequired", message: "Required value", field: "spec.containers" },
      {
        reason: "FieldValueInvalid",
        message: "Invalid value: -1: must be greater than or equal to 0",
        field: "spec.replicas",
      },
    ],
  });
  const single = status.invalidObject({ group: "", kind: "Pod" }, "x", [required("spec")]);
  assert.equal(single.message, 'Pod "x" is invalid: spec: Required value');
});

test("success() says what was deleted", () => {
  const made = status.success(pods, { name: "x", uid: "u" });
  assert.deepEqual(made.details, { name: "x", kind: "pods", uid: "u" });
  assert.equal(made.status, "Success");
});

test("invalidObject() tells of so many errors as an answer has room for, and counts the rest", () => {
  const value = "x".repeat(10_000);
  const errors = Array.from({ length: 10_000 }, (_none, index) => invalid(`spec.a[${index}]`, value, "wrong"));
  const { message = "", details } = status.invalidObject({ group: "", kind: "Pod" }, "p", errors);
  assert.ok(message.length < 300_000, `${message.length}`);
  assert.match(message, /, and 99\d\d more\]$/);
  assert.ok((details?.causes?.length ?? 0) > 20);
});
