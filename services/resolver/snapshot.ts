import { pack } from "tar-stream";
import { checkFiles, checkLink, type SourceFile } from "./source-files.ts";

/** Every file's time, so that one content is one tar; zip archives have none before 1980. */
const mtime = new Date(Date.UTC(2000, 0, 1));

/** A tar of the files: the same files give the same bytes, whatever their order. */
export const snapshotOf = (files: readonly SourceFile[]): AsyncIterable<Uint8Array> => {
  checkFiles(files);
  const tar = pack();
  const byPath = [...files].sort((a, b) =>
    Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)),
  );
  for (const { path, kind, content } of byPath) {
    const owner = { uid: 0, gid: 0, mtime };
    if (kind === "link") {
      const linkname = Buffer.from(content).toString("utf8");
      checkLink(path, linkname);
      tar.entry({ ...owner, name: path, type: "symlink", linkname, mode: 0o777 });
    } else {
      const mode = kind === "executable" ? 0o755 : 0o644;
      tar.entry({ ...owner, name: path, mode }, Buffer.from(content));
    }
  }
  tar.finalize();
  return bytesOf(tar);
};

/** Its type leaves open what it yields. */
async function* bytesOf(tar: AsyncIterable<unknown>) {
  for await (const chunk of tar) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("a tar is made of bytes");
    yield chunk;
  }
}
