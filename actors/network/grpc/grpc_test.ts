import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { type GrpcOutcome, grpcClient } from "./client.ts";
import { frameText, frameTypes, preface, readFrames } from "./frames.ts";
import { headerBlock, readHeaders } from "./headers.ts";
import { checkPath, checkRequest, checkResponse, type HealthStatus, serviceOf, statusOf } from "./health.ts";
import { type GrpcReply, grpcServer } from "./server.ts";

/** A question and its answer over a connection whose bytes come in pieces of so many. */
function ask(message: string, pieceBytes: number, answer: (path: string, message: string) => GrpcReply) {
  const outcomes: GrpcOutcome[] = [];
  const server = grpcServer(answer);
  let toServer = "";
  const client = grpcClient(
    { path: checkPath, authority: "10.0.0.1:5000", message },
    {
      done: (outcome) => void outcomes.push(outcome),
      write: (data) => {
        toServer += data;
      },
    },
  );
  toServer += client.question;
  for (let turns = 0; toServer !== "" && turns < 10_000; turns++) {
    const { text } = server.receive(toServer.slice(0, pieceBytes));
    toServer = toServer.slice(pieceBytes);
    for (let at = 0; at < text.length; at += pieceBytes) client.receive(text.slice(at, at + pieceBytes));
  }
  return outcomes;
}

property(
  "a client of the health protocol hears what the server says of the service, however bytes come",
  [
    fc.integer({ min: 1, max: 200 }),
    fc.stringMatching(/^[a-z.]{0,40}$/),
    fc.constantFrom<HealthStatus[]>("UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"),
  ],
  (pieceBytes, service, status) => {
    const [outcome, ...more] = ask(checkRequest(service), pieceBytes, (path, message) => {
      assert.deepEqual([path, serviceOf(message)], [checkPath, service]);
      return { code: 0, body: checkResponse(status) };
    });
    assert.ok(outcome?.kind === "answer" && more.length === 0);
    assert.deepEqual([outcome.code, statusOf(outcome.body)], [0, status]);
  },
);

test("a server of gRPC tells why it has no answer, and ends with who speaks something else", () => {
  const [refused] = ask(checkRequest("x"), 1_000, () => ({ code: 5, message: "unknown service" }));
  assert.deepEqual(refused, { kind: "answer", code: 5, message: "unknown service", body: "" });
  const other = grpcServer(() => assert.fail("nobody asked"));
  assert.deepEqual(other.receive("GET / HTTP/1.1\r\n\r\n"), { text: "", isOver: true });
  const outcomes: GrpcOutcome[] = [];
  const options = { path: checkPath, authority: "a", message: "" };
  const client = grpcClient(options, { done: (outcome) => void outcomes.push(outcome), write() {} });
  client.receive("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
  assert.deepEqual(outcomes, [{ kind: "nonsense" }]);
});

test("headers are read as literals and from the static table, and a code that is not read ends the connection", () => {
  const long = "v".repeat(300);
  const headers = [["grpc-message", long] as const];
  assert.deepEqual(readHeaders(`\x83\x88${headerBlock(headers)}`), [
    [":method", "POST"],
    [":status", "200"],
    ...headers,
  ]);
  assert.equal(readHeaders("\0\x81x\0"), undefined);
  const server = grpcServer(() => assert.fail("nobody asked"));
  const head = { type: frameTypes.headers, flags: 4, stream: 1, payload: "\0\x81x\0" };
  const { text, isOver } = server.receive(preface + frameText(head));
  assert.deepEqual([readFrames(text)?.frames.at(-1)?.type, isOver], [frameTypes.goAway, true]);
});
