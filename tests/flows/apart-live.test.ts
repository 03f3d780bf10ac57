import { expect, test } from "vitest";
import { minutes } from "#shared/time.ts";
import { readEvents, type ServerEvent } from "../../cli/events.ts";
import { type clientOf, makeDataDirectory, pkgbuildOf, startKiln } from "../support/kiln.ts";
import { startNats } from "../support/nats.ts";
import { tell, untilTold } from "../support/told.ts";

type Client = ReturnType<typeof clientOf>;

/** All of kiln, and an api more. */
const setup = async () => {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await startNats());
  const data = stack.use(await makeDataDirectory());
  const environment = { NATS_URL: nats.url };
  const kiln = stack.use(await startKiln(data.path, environment));
  const other = stack.use(await startKiln(data.path, environment, "services/api/service.ts"));
  const resources = stack.move();
  return { kiln, other, [Symbol.asyncDispose]: () => resources.disposeAsync() };
};

/** What a reader is told, up to the end of the next build. */
const follow = async (kiln: Client, pkgbase: string) => {
  const answer = await kiln.request(`/package/${pkgbase}/build/logs/subscribe`);
  if (!answer.body) throw new Error(`no live events of ${pkgbase}`);
  const heard: ServerEvent[] = [];
  const listen = async (stream: ReadableStream<Uint8Array>) => {
    for await (const event of readEvents(stream)) {
      heard.push(event);
      if (event.name === "change" && event.state.state === "success") return heard;
    }
    throw new Error(`the live events of ${pkgbase} ended before its build`);
  };
  return { heard, all: listen(answer.body) };
};

const textOf = (events: readonly ServerEvent[]) =>
  events.map((event) => (event.name === "log" ? event.text : "")).join("");

test(
  "two apis tell two readers the same log in the same order, and who comes later the whole of it",
  async () => {
    await using it = await setup();
    const print = "for i in {1..9}; do echo line-$i-; sleep 0.2; done";
    const source = {
      type: "raw",
      pkgbuild: pkgbuildOf("shown", [], `${print}; ${untilTold}`),
      devel: false,
    };
    await it.kiln.post("/package/add", { replace: false, build: false, source });
    const first = await follow(it.kiln, "shown");
    const second = await follow(it.other, "shown");

    const order = { packages: ["shown"], clean: false, resolve: true, force: true };
    expect((await it.other.post("/build", order)).status).toBe(200);
    const shows = (it: typeof first) =>
      expect.poll(() => textOf(it.heard), { timeout: minutes(3) }).toContain("line-3-");
    await shows(first);
    const late = await Promise.all([it.kiln, it.other].map((kiln) => follow(kiln, "shown")));
    for (const reader of late) await shows(reader);
    await tell("shown");
    const told = await Promise.all([first, second, ...late].map(({ all }) => all));

    const [whole = [], same, ...later] = told;
    expect(same).toEqual(whole);
    expect(later.map(textOf)).toEqual([textOf(whole), textOf(whole)]);
    const numbers = [...textOf(whole).matchAll(/^line-(\d+)-/gm)].map(([, number]) =>
      Number(number),
    );
    expect(numbers).toEqual(Array.from({ length: 9 }, (_, index) => index + 1));
    const kept = await it.other.request("/package/shown/build/latest/logs");
    expect(await kept.json()).toBe(textOf(whole));
  },
  minutes(12),
);
