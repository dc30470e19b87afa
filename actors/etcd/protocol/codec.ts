import { messageCodec } from "../../api/protobuf_codec.ts";
import { schema } from "./schema.ts";

/** Reads and writes the messages of etcd's API. */
export const { decode: decodeMessage, encode: encodeMessage } = messageCodec(schema);
