import * as v from "valibot";
import { BuildState } from "#shared/views.ts";

export type ServerEvent =
  | { readonly name: "change"; readonly state: BuildState }
  | { readonly name: "log"; readonly text: string };

/** Reads server-sent events; pings and what is not understood are left out. */
export async function* readEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = parseEvent(block);
        if (event) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

const parseEvent = (block: string): ServerEvent | undefined => {
  const fields = new Map(block.split("\n").map(splitField));
  const name = fields.get("event");
  const data = parseData(fields.get("data") ?? "null");
  if (name === "log" && typeof data === "string") return { name, text: data };
  const state = v.safeParse(BuildState, data);
  return name === "change" && state.success ? { name, state: state.output } : undefined;
};

const splitField = (line: string): [name: string, value: string] => {
  const [, name = "", value = ""] = /^([^:]*): ?(.*)$/s.exec(line) ?? [];
  return [name, value];
};

const parseData = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
