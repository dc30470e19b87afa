import { assert, test } from "../../../properties/house/test.ts";
import { rehearsedAuthority, rehearsedServing } from "../rehearsed_authority.ts";
import { certificatesProblem } from "./certificate_pem.ts";

test("certificatesProblem() takes certificates as PEM, and says what else is there, as Kubernetes does", () => {
  const block = (type: string, body: string) => `-----BEGIN ${type}-----\n${body}\n-----END ${type}-----\n`;
  const body = rehearsedServing.split("\n").slice(1, -2).join("\n");
  const problem = (text: string) => certificatesProblem(btoa(text));
  assert.deepEqual(
    [rehearsedServing, `a chain:\n${rehearsedServing}and\n${rehearsedAuthority}`, block("CERTIFICATE", body)].map(
      problem,
    ),
    [undefined, undefined, undefined],
  );
  assert.deepEqual(["CERT", block("PRIVATE KEY", body), block("CERTIFICATE", `a: b\n\n${body}`)].map(problem), [
    "must contain at least one CERTIFICATE PEM block",
    'only CERTIFICATE PEM blocks are allowed, found "PRIVATE KEY"',
    "no PEM block headers are permitted",
  ]);
  for (const wrong of ["", "?", "MAA=", body.slice(0, 64), `${body.replaceAll("=", "")}AAAA`])
    assert.equal(problem(rehearsedServing + block("CERTIFICATE", wrong)), "x509: malformed certificate", wrong);
  const crlf = rehearsedServing.replaceAll("\n", "\r\n");
  assert.deepEqual([crlf, `-----BEGIN A-----\n${rehearsedServing}`].map(problem), [undefined, undefined]);
  assert.equal(certificatesProblem("?"), "must contain at least one CERTIFICATE PEM block");
});

test("certificatesProblem() takes no longer for blocks that never end", () => {
  const none = "must contain at least one CERTIFICATE PEM block";
  for (const opening of ["-----BEGIN A-----\n", "-----BEGIN ", "-----BEGIN A-----\n-----END B-----\n"]) {
    assert.equal(certificatesProblem(btoa(opening.repeat(100_000))), none, opening);
  }
});
