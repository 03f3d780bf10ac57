// A program as an integrator would write it: NATS's protocol over TCP, kiln's /asyncapi.json, and nothing of kiln's.
//   integration.ts hear <api> <host:port> <password>                prints what it hears, one JSON object per line
//   integration.ts say <host:port> <password> <subject> …           prints what the server says to what it says
import { connect, type Socket } from "node:net";

type Channel = { address: string; "x-jetstream": { stream: string } };

type Connection = { send(...lines: string[]): void; socket: Socket };

/** Calls `each` for every message and `refused` for every error the server tells of. */
const open = (
  server: string,
  password: string,
  each: (subject: string, body: string) => void,
  refused: (text: string) => void,
): Connection => {
  const [host = "", port = ""] = server.split(":");
  const socket = connect(Number(port), host);
  let received = Buffer.from("");
  const send = (...lines: string[]) => socket.write(lines.map((line) => `${line}\r\n`).join(""));
  const takeOne = () => {
    const end = received.indexOf("\r\n");
    if (end === -1) return false;
    const line = received.subarray(0, end).toString();
    const words = line.split(" ");
    const isMessage = words[0] === "MSG" || words[0] === "HMSG";
    const bytes = isMessage ? Number(words.at(-1)) : 0;
    const next = end + 2 + (isMessage ? bytes + 2 : 0);
    if (received.length < next) return false;
    const headers = words[0] === "HMSG" ? Number(words.at(-2)) : 0;
    const body = received.subarray(end + 2 + headers, end + 2 + bytes).toString();
    received = received.subarray(next);
    if (isMessage) each(words[1] ?? "", body);
    if (words[0] === "PING") send("PONG");
    if (words[0] === "-ERR") refused(line);
    return true;
  };
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, Buffer.from(chunk)]);
    while (takeOne());
  });
  const options = { verbose: false, pedantic: false, headers: true };
  send(`CONNECT ${JSON.stringify({ ...options, user: "integration", pass: password })}`);
  return { send, socket };
};

const hear = async ([api = "", server = "", password = ""]: string[]) => {
  const document = await (await fetch(`${api}/asyncapi.json`)).json();
  const channels: Channel[] = Object.values(document.channels);
  const streams = [...new Set(channels.map((channel) => channel["x-jetstream"].stream))];
  const filterOf = ({ address }: Channel) => address.replace(/\{\w+\}/g, "*");
  const streamOf = (subject: string) =>
    channels.find((it) => new RegExp(`^${filterOf(it).replace("*", "[^.]+")}$`).test(subject))?.[
      "x-jetstream"
    ].stream;
  /** The sequence number that is wanted next of each stream; it outlives the connection. */
  const wanted = new Map(streams.map((stream) => [stream, 1]));

  const listen = () => {
    const asked = new Map<string, ReturnType<typeof setTimeout>>();
    const askedAgain = new Set<string>();
    const ask = (stream: string) => {
      if (asked.has(stream)) return askedAgain.add(stream);
      // A server that is just up may not answer yet.
      asked.set(stream, setTimeout(askAnew, 2_000, stream));
      const body = JSON.stringify({ seq: wanted.get(stream), next_by_subj: ">" });
      connection.send(
        `PUB $JS.API.STREAM.MSG.GET.${stream} _INBOX.reader.${stream} ${Buffer.byteLength(body)}`,
        body,
      );
    };
    const askAnew = (stream: string) => {
      asked.delete(stream);
      if (!connection.socket.destroyed) ask(stream);
    };
    const take = (stream: string, body: string) => {
      const { message, error } = JSON.parse(body);
      // Nothing of that number yet is the end; anything else, that it is not ready.
      if (error && error.code !== 404) return;
      clearTimeout(asked.get(stream));
      asked.delete(stream);
      if (message && message.seq >= (wanted.get(stream) ?? 1)) {
        wanted.set(stream, message.seq + 1);
        const payload = JSON.parse(Buffer.from(message.data, "base64").toString());
        const { seq, subject } = message;
        process.stdout.write(`${JSON.stringify({ stream, seq, subject, payload })}\n`);
      }
      if (message || askedAgain.delete(stream)) ask(stream);
    };
    const connection = open(
      server,
      password,
      (subject, body) => {
        const [, answered] = /^_INBOX\.reader\.(.+)$/.exec(subject) ?? [];
        if (answered !== undefined) return take(answered, body);
        // Said live: there is something to read.
        const stream = streamOf(subject);
        if (stream !== undefined) ask(stream);
      },
      (text) => process.stderr.write(`${text}\n`),
    );
    const filters = ["_INBOX.reader.*", ...channels.map(filterOf)];
    connection.send(...filters.map((filter, index) => `SUB ${filter} ${index + 1}`));
    for (const stream of streams) ask(stream);
    connection.socket.on("error", () => {});
    connection.socket.on("close", () => setTimeout(listen, 200));
  };
  listen();
};

const say = ([server = "", password = "", ...subjects]: string[]) => {
  const connection = open(
    server,
    password,
    () => {},
    (text) => process.stdout.write(`${text}\n`),
  );
  for (const subject of subjects) connection.send(`PUB ${subject} 2`, "{}");
  // The server answers a ping when it is done with what came before.
  connection.send("PING");
  connection.socket.on("data", (chunk) => {
    if (chunk.toString().includes("PONG")) connection.socket.end();
  });
};

const [mode, ...parameters] = process.argv.slice(2);
if (mode === "hear") await hear(parameters);
else say(parameters);
