/**
 * Every parser of text that strangers or users reach, with the words of its language: what `parsers_test.ts` fuzzes.
 */
import { decodeBase64Bytes } from "../../actors/api/base64.ts";
import { cidrOf } from "../../actors/api/cidr.ts";
import { parseFieldSelector } from "../../actors/api/field_selector.ts";
import { depthMax, isTooDeep } from "../../actors/api/json_depth.ts";
import { parseLabelSelector } from "../../actors/api/label_selector.ts";
import { decodeProtobuf } from "../../actors/api/protobuf.ts";
import { canonicalQuantity, hasQuantityShape, parseQuantity } from "../../actors/api/quantity.ts";
import { parseResourceVersion } from "../../actors/api/resource_version.ts";
import { parseTime } from "../../actors/api/time.ts";
import {
  configKeyErrors,
  dns1035LabelErrors,
  dnsLabelErrors,
  dnsSubdomainErrors,
  envNameErrors,
  labelKeyErrors,
  labelValueErrors,
  portNameErrors,
} from "../../actors/api/validation/names.ts";
import { yamlDocuments } from "../../actors/api/yaml.ts";
import { parseAccept, representationOf } from "../../actors/apiserver/http/negotiate.ts";
import { parseUrl, targetOf } from "../../actors/apiserver/http/target.ts";
import { parseJson } from "../../actors/apiserver/requests/body.ts";
import { decodeContinue } from "../../actors/apiserver/requests/continue_token.ts";
import { createSpdyReader } from "../../actors/apiserver/streams/spdy/frames.ts";
import { imageNameOf } from "../../actors/cri/image_name.ts";
import { addressOfDashed, addressOfReverse, readClusterName } from "../../actors/dns/names.ts";
import { createStream } from "../../actors/dns/stream.ts";
import { ipNumber } from "../../actors/kit/ip_number.ts";
import { createExpander } from "../../actors/kubelet/container/expansion.ts";
import { imageNameError } from "../../actors/kubelet/container/image_name.ts";
import { decodeReply, parseQuery } from "../../actors/network/dns/wire.ts";
import { httpParser } from "../../actors/network/http/http_parser.ts";
import { isIpv4, isIpv6 } from "../../actors/network/ip.ts";
import type { PumpedText } from "../arbitraries/pumped_text.ts";
import { framesOf } from "../stages/apiserver/spdy_client.ts";

const pumped = (before: string, again: string, after = ""): PumpedText => ({ before, pumped: again, after });

/** A parser under test. */
export interface TextParser {
  readonly name: string;
  /** Of these hostile texts are made. */
  readonly words: readonly string[];
  /** What was quadratic once, or would be in a simpler parser: always tried. Default: nothing. */
  readonly worst?: readonly PumpedText[];
  /** Parses; must answer whatever the text is, and never throw. What it gives is measured as JSON. */
  readonly parse: (text: string) => unknown;
  /** The most that comes out, as JSON, of so many characters. Default: 30 times as much and 1,000. */
  readonly outputMax?: (size: number) => number;
}

const bytesOf = (text: string) => Buffer.from(text, "latin1");
const question = { name: "a.b", type: "A", class: "IN" } as const;
const dnsHead = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00";
const replyHead = "\x12\x34\x81\x80\x00\x01\xff\xff\x00\x00\x00\x00\x01a\x01b\x00\x00\x01\x00\x01";

function parseHttp(type: "REQUEST" | "RESPONSE") {
  return (text: string) => {
    const seen: unknown[] = [];
    const sink = { head: (head: object) => seen.push(head) < 0, body: () => {}, end: () => {} };
    const parser = httpParser(type, sink);
    const parsed = parser.parse(text);
    return [parsed, parser.finish(), seen];
  };
}

function expand(text: string) {
  const expander = createExpander();
  expander.set("a", "aaaaaaaaaaaaaaaa");
  expander.setExpanded("b", text);
  for (let turn = 0; turn < 30; turn++) expander.setExpanded("b", "$(b)$(b)");
  return [expander.word("$(b)").length, expander.chars()];
}

function readDnsStream(text: string) {
  const lengths: number[] = [];
  const take = (message: Buffer, { settled }: { readonly settled: () => void }) => {
    lengths.push(message.length);
    settled();
  };
  const peer = { write: () => {}, pause: () => {}, resume: () => {}, close: () => {} };
  const stream = createStream({ take } as unknown as Parameters<typeof createStream>[0], peer);
  const bytes = bytesOf(text);
  for (let at = 0; at < bytes.length; at += 1_400) stream.data(bytes.subarray(at, at + 1_400));
  return lengths;
}

function readSpdy(text: string, pieceSize: number) {
  const reader = createSpdyReader();
  const frames: string[] = [];
  for (let at = 0; at < text.length; at += pieceSize) {
    for (const frame of framesOf(reader, text.slice(at, at + pieceSize))) frames.push(frame.type);
  }
  return frames;
}

const nameWords = ["a", "A", "-", ".", "_", "/", "0", "example.com/", "a.", "-a"];

/** What headers and bodies are made of, of requests and of responses. */
const httpWords = [
  "a:",
  ": ",
  "\r\n",
  "\r\n\r\n",
  " ",
  "\t",
  "Transfer-Encoding: chunked\r\n",
  "0\r\n\r\n",
  "1\r\na\r\n",
  ";",
  "Content-Length: 1\r\n",
];

/** The parsers. */
export const textParsers: readonly TextParser[] = [
  {
    name: "yamlDocuments",
    words: [
      ...["- ", "? ", ": ", ":", ", ", "[", "]", "{", "}", "a: ", "&a ", "*a", "<<: ", "!!str ", "!", "|", ">", "%"],
      ...[
        "'",
        '"',
        "#",
        "# c",
        "\n",
        "\n  ",
        "\n- ",
        "---\n",
        "...\n",
        "\r",
        "\\x41",
        "~",
        "1_000",
        "0x1F",
        "1e999",
        "@",
      ],
    ],
    worst: [
      ...[pumped("[", "1,", "]"), pumped("", "["), pumped("", "? "), pumped("", "- "), pumped("", "- &a x\n")],
      ...[pumped("- &a x\n", "- *a\n"), pumped("a: b\n", "  c\n"), pumped("", "---\na\n"), pumped("a:\t", "\t", "b")],
      ...[
        pumped("", "# c\n"),
        pumped('a: "', "x\n  "),
        pumped("", "k: 1\n"),
        pumped("a: |\n", "  x\n"),
        pumped("[", "\n#c\n"),
      ],
    ],
    parse: yamlDocuments,
    outputMax: (size) => 7 * Math.max(size * 6, 3 * 1024 * 1024),
  },
  {
    name: "parseJson",
    words: ["{", "}", "[", "]", '"', ":", ",", '"a":', "1", "1e999999", "-", "0.", "null", "true", "\\u0041", '{"a":'],
    parse: (text) => parseJson(text, "body"),
  },
  {
    name: "isTooDeep",
    words: ["{", "}", "[", "]", '"', "\\"],
    parse: (text) => isTooDeep(`${"[".repeat(depthMax - 1)}${text}`),
  },
  {
    name: "parseLabelSelector",
    words: ["a", "=", "!", "in", "notin", " in ", "(", ")", ",", ">", "<", "a in (b,c),"],
    parse: parseLabelSelector,
  },
  {
    name: "parseFieldSelector",
    words: ["a", "=", "!=", "==", ",", "\\", "\\,", "metadata.name=a,"],
    parse: parseFieldSelector,
    outputMax: (size) => 60 * size + 1_000,
  },
  {
    name: "parseQuantity",
    words: ["0", "1", ".", "+", "-", "e", "E", "Ki", "m", "1e", "0.0"],
    worst: [pumped("", "1", "!"), pumped("1.", "0", "!"), pumped("", "1", "constructor")],
    parse: (text) => [parseQuantity(text) === undefined, canonicalQuantity(text), hasQuantityShape(text)],
  },
  {
    name: "parseResourceVersion",
    words: ["0", "1", "-", "+"],
    parse: parseResourceVersion,
    outputMax: (size) => 60 * size + 1_000,
  },
  {
    name: "decodeContinue",
    words: ["a", "-", "_", "=", "eyJ2Ijoi", "{", "}"],
    parse: (text) => decodeContinue(text, "/registry/pods/"),
  },
  { name: "parseTime", words: ["2001-01-01T00:00:00Z", "0", "-", ":", "T", "Z", ".", "+00:00"], parse: parseTime },
  {
    name: "parseUrl",
    words: ["/", "/api/v1/", "namespaces/", "pods/", "?", "&", "a=", "=", "%41", "%", "%ff", "+", ";", "watch=true&"],
    parse: (text) => {
      const url = parseUrl(text);
      return url && [url, targetOf("GET", url)];
    },
    outputMax: (size) => 40 * size + 2_000,
  },
  {
    name: "parseAccept",
    words: [
      "application/json",
      ";",
      ",",
      "q=",
      "0.5",
      "as=Table",
      "*/*",
      "/",
      "=",
      " ",
      "application/json;as=Table;v=v1;g=meta.k8s.io,",
    ],
    parse: (text) => [parseAccept(text), representationOf(text, { query: {} })],
    outputMax: (size) => 60 * size + 2_000,
  },
  {
    name: "the rules for names",
    words: nameWords,
    parse: (text) =>
      [
        dnsLabelErrors,
        dnsSubdomainErrors,
        dns1035LabelErrors,
        labelKeyErrors,
        labelValueErrors,
        configKeyErrors,
        envNameErrors,
        portNameErrors,
      ].map((errorsOf) => errorsOf(text)),
    outputMax: (size) => 30 * size + 20_000,
  },
  {
    name: "names of images",
    words: [...nameWords, ":", "@", "sha256:", "docker.io/", "localhost:5000/"],
    parse: (text) => [imageNameError(text), imageNameOf(text)],
    outputMax: (size) => 60 * size + 2_000,
  },
  {
    name: "addresses",
    words: ["1.", ".", "1", ":", "::", "f", "255.", "/"],
    parse: (text) => [isIpv4(text), isIpv6(text), ipNumber(text)?.value.toString(), cidrOf(text)?.first.toString()],
  },
  {
    name: "names in DNS",
    words: [...nameWords, "svc", "pod", ".svc.", "1-2-3-4", "4.3.2.1.in-addr.arpa", "-1"],
    parse: (text) => [readClusterName(text), addressOfDashed(text), addressOfReverse(text)],
  },
  {
    name: "parseQuery",
    words: ["\x01a", "\x3f", "\x00", "\xc0\x0c", "\xff", "\x00\x01\x00\x01", "\x00\x00\x29\x10\x00"],
    parse: (text) => {
      const several = `${dnsHead.slice(0, 11)}\x01${text}`;
      return [dnsHead + text, several, text].map((packet) => parseQuery(bytesOf(packet.slice(0, 65_535))).kind);
    },
  },
  {
    name: "decodeReply",
    words: [
      "\x01a",
      "\x3f",
      "\x00",
      "\xc0\x0c",
      "\xc0\x14",
      "\xc0\x20",
      "\xff",
      "\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\x01\x02\x03\x04",
    ],
    parse: (text) => decodeReply(bytesOf((replyHead + text).slice(0, 65_535)), question),
    outputMax: () => 65_535 * 100,
  },
  { name: "createStream of DNS", words: ["\x00\x05", "\x00\x00", "\x0f\xff", "\xff\xff", "a"], parse: readDnsStream },
  // However a client cuts what it says: a byte, a packet, more than a control frame may be long, all at once.
  ...[1, 1_400, 70_000, Number.POSITIVE_INFINITY].map((pieceSize) => ({
    name: `createSpdyReader in pieces of ${pieceSize}`,
    words: [
      "\x80\x03\x00\x01\x00\x00\x00",
      "\x80\x03\x00\x06\x00\x00\x00\x04abcd",
      "\x00\x00\x00\x01\x00\x00\x00\x00",
      "\x00\x00\x00\x01\x00\x00\x00\x05hello",
      "\x80\x03",
      "\xff",
      "\x78\xbb",
    ],
    worst: [pumped("\x80\x03\x00\x04\x00\x01\x00\x00", "a"), pumped("", "\x00\x00\x00\x01\x00\x00\x00\x00")],
    parse: (text: string) => readSpdy(text, pieceSize),
  })),
  {
    name: "httpParser of requests",
    words: ["GET / HTTP/1.1\r\n", "GET ", "Host: a\r\n", ...httpWords],
    worst: [pumped("GET / HTTP/1.1\r\na:", " ", "\0\r\n\r\n"), pumped("GET / HTTP/1.1\r\n", "a:b\r\n")],
    parse: parseHttp("REQUEST"),
    outputMax: (size) => 60 * size + 2_000,
  },
  {
    name: "httpParser of responses",
    words: ["HTTP/1.1 200 OK\r\n", ...httpWords],
    parse: parseHttp("RESPONSE"),
    outputMax: (size) => 60 * size + 2_000,
  },
  {
    name: "decodeProtobuf",
    words: [
      "\x0a\x02a\x00",
      "\x0a",
      "\x12",
      "\x1a\x00",
      "\x08\x01",
      "\x0b",
      "\x0c",
      "\xff",
      "\x00",
      "\x0a\x04\x0a\x02hi",
      "\x9a\x06\x00",
    ],
    parse: (text) => {
      const raw = bytesOf(`k8s\x00\x0a\x09\x0a\x02v1\x12\x03Pod\x12${varint(text.length)}${text}`);
      return decodeProtobuf(raw, { apiVersion: "v1", kind: "Pod" });
    },
    outputMax: (size) => 200 * size + 2_000,
  },
  {
    name: "createExpander",
    words: ["$", "$$", "$(", ")", "$(a)", "$(b)", "a"],
    worst: [pumped("", "$("), pumped("", "$(a)")],
    parse: expand,
  },
  {
    name: "decodeBase64Bytes",
    words: ["A", "=", "+", "/", "-"],
    parse(text) {
      try {
        return decodeBase64Bytes(text).length;
      } catch (error) {
        return (error as Error).name;
      }
    },
  },
];

function varint(value: number): string {
  return value < 128
    ? String.fromCharCode(value)
    : String.fromCharCode((value & 127) | 128) + varint(Math.floor(value / 128));
}
