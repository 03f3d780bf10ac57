import { Readable } from "node:stream";
import { extract } from "tar-stream";
import { Fault } from "#shared/fault.ts";

export type Member = {
  readonly name: string;
  readonly type: string;
  readonly mode: number;
  readonly bytes: number;
  readonly target: string | null | undefined;
  readonly content: AsyncIterable<Uint8Array>;
};

/** The members of a tar, in order; each one's content is to be read, or left out, before the next. */
export async function* membersOf(tar: AsyncIterable<Uint8Array>): AsyncGenerator<Member> {
  const extracted = extract();
  const reading = Readable.from(tar);
  reading.once("error", (error) => extracted.destroy(error));
  reading.pipe(extracted);
  try {
    for await (const member of extracted) {
      const { name, type, mode = 0o644, size = 0, linkname } = member.header;
      yield {
        name: relativeName(name),
        type: type ?? "file",
        mode: mode & 0o777,
        bytes: size,
        target: linkname,
        content: bytesOf(member),
      };
      member.resume();
    }
  } finally {
    reading.destroy();
  }
}

/** Without a leading `./` or `/` and a trailing `/`; `Fault` invalid where it leads out of the tar. */
const relativeName = (name: string) => {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes(".."))
    throw new Fault("invalid", `a tar holds ${JSON.stringify(name)}, which leads out of it`);
  return parts.join("/");
};

async function* bytesOf(chunks: AsyncIterable<unknown>) {
  for await (const chunk of chunks) if (chunk instanceof Uint8Array) yield chunk;
}
