import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { connectS3 } from "#shared/blobs/s3.ts";

/** A server that gives these answers, one to each request, and then goes on with the last; without any, it is silent. */
const setup = async (...answers: string[]) => {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.once("data", (request) => {
      const answer = answers[Math.min(asked.length, answers.length - 1)];
      asked.push(String(request).split("\r\n")[0] ?? "");
      if (answer !== undefined) socket.end(answer);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const place = {
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    bucket: "kiln",
    prefix: "builds/",
  };
  const stop = async () => {
    if (!server.listening) return;
    server.close();
    await once(server, "close");
  };
  return {
    s3: connectS3(place, { accessKeyId: "a", secretAccessKey: "s" }),
    asked,
    stop,
    [Symbol.asyncDispose]: stop,
  };
};

const answer = (status: string, body = "", length = body.length) =>
  `HTTP/1.1 ${status}\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n${body}`;

const error = (status: string, code: string) =>
  answer(status, `<Error><Code>${code}</Code><Message>said so</Message></Error>`);

const slowDown = error("503 Slow Down", "SlowDown");

const get = { method: "GET", key: "a b" } as const;

test("what is asked of a bucket is asked below its prefix, and answered", async () => {
  await using it = await setup(answer("200 OK", "content"));

  const found = await it.s3.ask({ ...get, query: { partNumber: "1", uploadId: "x/y" } });

  expect(await found?.text()).toBe("content");
  expect(it.asked).toEqual(["GET /kiln/builds/a%20b?partNumber=1&uploadId=x%2Fy HTTP/1.1"]);
});

test("what fails for a moment is asked again", async () => {
  await using it = await setup(slowDown, error("500 Oh", "InternalError"), answer("200 OK", "yes"));

  const found = await it.s3.ask(get, [1, 1]);

  expect(await found?.text()).toBe("yes");
  expect(it.asked).toHaveLength(3);
});

test("what goes on failing is unavailable, and so is a server that is gone", async () => {
  await using it = await setup(slowDown);

  await expect(it.s3.ask(get, [1, 1])).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringMatching(/refuses: 503 SlowDown \(said so\); it is tried again$/),
  });
  await it.stop();
  await expect(it.s3.ask(get, [1])).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringMatching(/^the bucket kiln at http:\S+ does not answer: /),
  });
  expect(it.asked).toHaveLength(3);
});

test.each([
  ["404 Not Found", "NoSuchKey", undefined],
  ["416 Range Not Satisfiable", "InvalidRange", undefined],
])("%s is none", async (status, code, expected) => {
  await using it = await setup(error(status, code));

  expect(await it.s3.ask(get)).toBe(expected);
});

test.each(["403 Forbidden", "404 Not Found", "301 Moved Permanently"])(
  "%s is told at once",
  async (status) => {
    await using it = await setup(error(status, "Other"));

    await expect(it.s3.ask(get)).rejects.toMatchObject({ kind: "unavailable" });
    expect(it.asked).toHaveLength(1);
  },
);

test("what breaks off is unavailable, and not taken for the whole", async () => {
  await using it = await setup(answer("200 OK", "some of it", 1_000));

  const found = await it.s3.ask(get);

  await expect(Array.fromAsync(found?.content() ?? [])).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("does not answer"),
  });
});

test("who is silent is not waited for, nor asked again", async () => {
  await using it = await setup();

  await expect(it.s3.ask({ ...get, patience: 50 }, [1, 1])).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringMatching(/does not answer: nothing happened for 0.05 s$/),
  });
  expect(it.asked.length).toBeLessThan(2);
});
