const BLOCK = 512;

/** The two empty blocks that end an archive. */
export const endOfArchive = new Uint8Array(2 * BLOCK);

/**
 * One member of a tar: a file, or a directory where the name ends in a slash. Everything that would
 * differ from run to run is fixed: owner root, time 0. A name over 100 bytes gets a pax header.
 *
 * Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block".
 */
export const tarMember = (name: string, content: string | Uint8Array = ""): Uint8Array => {
  const isDirectory = name.endsWith("/");
  const bytes = Buffer.from(content);
  const short = Buffer.from(name).subarray(0, 100);
  const member = [
    header(short, bytes.length, isDirectory ? 0o755 : 0o644, isDirectory ? "5" : "0"),
    padded(bytes),
  ];
  if (Buffer.byteLength(name) <= 100) return Buffer.concat(member);

  const record = paxRecord("path", name);
  return Buffer.concat([
    header(Buffer.from("PaxHeader"), record.length, 0o644, "x"),
    padded(record),
    ...member,
  ]);
};

const header = (name: Uint8Array, size: number, mode: number, type: string) => {
  const block = Buffer.alloc(BLOCK);
  block.set(name, 0);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136);
  block.write(" ".repeat(8), 148);
  block.write(type, 156);
  block.write("ustar\0" + "00", 257);
  block.write("root", 265);
  block.write("root", 297);
  let checksum = 0;
  for (let at = 0; at < BLOCK; at++) checksum += block[at] ?? 0;
  block.write(`${octal(checksum, 6)}\0 `, 148);
  return block;
};

const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");

const padded = (bytes: Uint8Array) =>
  Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);

/** `length key=value\n`, where the length counts its own digits. */
const paxRecord = (key: string, value: string) => {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest;
  while (length !== rest + String(length).length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
};
