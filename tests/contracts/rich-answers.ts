/**
 * Answers with calls of a tool and with embeddings, in each format, spelled as no serializer here would: whatever reads and
 * writes one anew changes its bytes.
 */

/** What the tool is called with, once it is parsed. */
export const PLACE = "Zürich 😀";
export const TOOL = "get_weather";
export const VECTOR: readonly number[] = [0.5, -1, 2];

// Escapes where none are needed, and spaces; inside a string of JSON once more escaped.
const ARGUMENTS = '{ "place" : "Z\\u00fcrich \\ud83d\\ude00" }';
const AS_TEXT = JSON.stringify(ARGUMENTS);
const BIG = "12345678901234567890";

const usage = `"usage": {"prompt_tokens":1 , "completion_tokens":1.0, "total_tokens":2, "cost_in_some_unit": ${BIG}}`;

const chat = `{ "id":"chatcmpl-1","object":"chat.completion", "created":1, "x_serial": ${BIG},
  "model":"m","choices":[ {"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,
  "tool_calls":[{"id":"call_1","type":"function","function":{"name":"${TOOL}","arguments":${AS_TEXT}}}]}}], ${usage}}\n`;

const chunk = (delta: string, finish = "null"): string =>
  `data:  {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"x_serial":${BIG},"model":"m","choices":[{"index":0,"delta":${delta},"finish_reason":${finish}}]}\r\n\r\n`;
const chatStream = [
  ": a comment\r\n\r\n",
  chunk('{"role":"assistant","content":null}'),
  chunk(
    `{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"${TOOL}","arguments":${AS_TEXT}}}]}`,
  ),
  chunk("{}", '"tool_calls"'),
  "data: [DONE]\r\n\r\n",
].join("");

const call = `{"type":"function_call","id":"fc_1","call_id":"call_1","status":"completed","name":"${TOOL}","arguments":${AS_TEXT}}`;
const tokens = `"usage":{"input_tokens":1,"input_tokens_details":{"cached_tokens":0},"output_tokens":1,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":2}`;
const response = (status: string, output: string): string =>
  `{"id":"resp_1","object":"response","created_at":1,"x_serial":${BIG},"model":"m","status":"${status}","output":[${output}],${tokens}}`;
const event = (type: string, rest: string, number: number): string =>
  `event: ${type}\ndata: {"type":"${type}","sequence_number":${number}, ${rest}}\n\n`;
const item = call.replace('"completed"', '"in_progress"').replace(AS_TEXT, '""');
const responseStream = [
  event("response.created", `"response":${response("in_progress", "")}`, 0),
  event("response.output_item.added", `"output_index":0,"item":${item}`, 1),
  event("response.function_call_arguments.delta", `"item_id":"fc_1","output_index":0,"delta":${AS_TEXT}`, 2),
  event("response.function_call_arguments.done", `"item_id":"fc_1","output_index":0,"arguments":${AS_TEXT}`, 3),
  event("response.output_item.done", `"output_index":0,"item":${call}`, 4),
  event("response.completed", `"response":${response("completed", call)}`, 5),
].join("");

const message = (content: string, stop: string): string =>
  `{"id":"msg_1","type":"message","role":"assistant","x_serial":${BIG},"model":"m","content":[${content}],"stop_reason":${stop},"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}`;
const block = (type: string, rest: string): string => `event: ${type}\ndata: {"type":"${type}",${rest}}\n\n`;
const messageStream = [
  block("message_start", `"message":${message("", "null")}`),
  'event: ping\ndata: {"type": "ping"}\n\n',
  block(
    "content_block_start",
    `"index":0,"content_block":{"type":"tool_use","id":"toolu_1","name":"${TOOL}","input":{}}`,
  ),
  block("content_block_delta", `"index":0,"delta":{"type":"input_json_delta","partial_json":${AS_TEXT}}`),
  block("content_block_stop", '"index":0'),
  block("message_delta", '"delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":1}'),
  'event: message_stop\ndata: {"type":"message_stop"}\n\n',
].join("");

const candidate = `{ "candidates":[{"index":0,"finishReason":"STOP","content":{"role":"model","parts":[{"functionCall":{"name":"${TOOL}","args":${ARGUMENTS}}}]}}], "x_serial": ${BIG} }`;

const packed = Buffer.from(Float32Array.from(VECTOR).buffer).toString("base64");
const vectors = (embedding: string): string =>
  `{"object":"list","model":"m","data":[ {"object":"embedding","index":0,"embedding":${embedding}} ],"usage":{"prompt_tokens":1,"total_tokens":1}}`;

interface Asked {
  readonly path: string;
  readonly body: string;
}

/** What a provider says to a request, as it stands on the wire. Null: nothing is known at this path. */
export function richAnswer({ path, body }: Asked): { readonly type: string; readonly text: string } | null {
  // A body may be large: what is looked for stands near one of its ends.
  const ends = body.slice(0, 2_000) + body.slice(-2_000);
  const streams = /"stream"\s*:\s*true/.test(ends) || path.includes(":stream");
  const json = (text: string): { type: string; text: string } => ({ type: "application/json", text });
  const either = (whole: string, stream: string): { type: string; text: string } =>
    streams ? { type: "text/event-stream; charset=utf-8", text: stream } : json(whole);
  if (/\/embeddings/.test(path))
    return json(vectors(ends.includes('"base64"') ? `"${packed}"` : JSON.stringify(VECTOR)));
  if (/:batchEmbedContents/.test(path)) return json(`{"embeddings":[{"values":${JSON.stringify(VECTOR)}}]}`);
  if (/:countTokens/.test(path)) return json('{ "totalTokens":7 }');
  if (/\/count_tokens/.test(path)) return json('{ "input_tokens":7 }');
  if (/\/chat\/completions/.test(path)) return either(chat, chatStream);
  if (/\/responses/.test(path)) return either(response("completed", call), responseStream);
  if (/\/messages/.test(path))
    return either(
      message(`{"type":"tool_use","id":"toolu_1","name":"${TOOL}","input":${ARGUMENTS}}`, '"tool_use"'),
      messageStream,
    );
  if (/enerateContent/.test(path)) return either(candidate, `data: ${candidate}\r\n\r\n`);
  return null;
}
