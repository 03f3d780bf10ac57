import * as v from "valibot";
import { expect, test } from "vitest";
import { message, question, stream } from "#shared/bus/declare.ts";
import { integrationPermissions, permissionsOf, streamsOf } from "#shared/bus/permissions.ts";
import { seconds } from "#shared/time.ts";

const orders = stream("ORDERS", { keep: "work", maxAge: seconds(60) });
const news = stream("NEWS", { keep: "log", maxAge: seconds(60) });
const schema = v.object({ cake: v.string() });
const cakeOf = ({ cake }: { cake: string }) => cake;
const byCake = { id: cakeOf, key: cakeOf };
const ordered = message(orders, "cake.ordered.{cake}", schema, byCake);
const baked = message(news, "cake.baked", schema, byCake);
const eaten = message(news, "cake.eaten", schema, byCake);
const ask = question("cake.price", { request: schema, answer: schema, timeout: seconds(1) });

const shop = {
  name: "shop",
  makesStreams: true,
  publishes: [ordered],
  asks: [ask],
  follows: [{ message: eaten }],
};
const baker = {
  name: "baker",
  publishes: [baked],
  consumes: [{ message: ordered }],
  answers: [{ question: ask }],
};
const guest = { name: "guest", publishes: [eaten], consumes: [{ message: baked }] };
const all = [shop, baker, guest];

test("a service uses the streams that it says something on or hears something from", () => {
  expect(all.map(streamsOf)).toEqual([[orders, news], [news, orders], [news]]);
});

test("a service takes, says and answers what it lists, and makes no stream", () => {
  expect(permissionsOf(baker, all)).toEqual({
    publish: {
      allow: [
        "cake.baked",
        "$JS.API.INFO",
        "$JS.API.STREAM.INFO.NEWS",
        "$JS.API.STREAM.INFO.ORDERS",
        "$JS.API.CONSUMER.CREATE.ORDERS.baker-cake-ordered-cake.cake.ordered.*",
        "$JS.API.CONSUMER.INFO.ORDERS.baker-cake-ordered-cake",
        "$JS.API.CONSUMER.MSG.NEXT.ORDERS.baker-cake-ordered-cake",
        "$JS.ACK.ORDERS.baker-cake-ordered-cake.>",
        "in-work.ORDERS.>",
        "_INBOX_shop.>",
      ],
      deny: [],
    },
    subscribe: {
      allow: ["_INBOX_baker.>", "cake.price baker", "in-work.ORDERS.>", "in-work._INBOX_shop.>"],
    },
  });
});

test("one makes all streams; who follows makes consumers of any name, but leaves those of others alone", () => {
  expect(permissionsOf(shop, all)).toEqual({
    publish: {
      allow: [
        "cake.ordered.*",
        "cake.price",
        "$JS.API.INFO",
        "$JS.API.STREAM.INFO.ORDERS",
        "$JS.API.STREAM.CREATE.ORDERS",
        "$JS.API.STREAM.UPDATE.ORDERS",
        "$JS.API.STREAM.MSG.GET.ORDERS",
        "$JS.API.CONSUMER.LIST.ORDERS",
        "$JS.API.STREAM.INFO.NEWS",
        "$JS.API.STREAM.CREATE.NEWS",
        "$JS.API.STREAM.UPDATE.NEWS",
        "$JS.API.STREAM.MSG.GET.NEWS",
        "$JS.API.CONSUMER.LIST.NEWS",
        "in-work._INBOX_shop.>",
        "$JS.API.CONSUMER.CREATE.NEWS.*.cake.eaten",
        "$JS.API.CONSUMER.INFO.NEWS.*",
        "$JS.API.CONSUMER.MSG.NEXT.NEWS.*",
        "$JS.API.CONSUMER.DELETE.NEWS.*",
      ],
      deny: [
        "$JS.API.CONSUMER.CREATE.NEWS.guest-cake-baked.>",
        "$JS.API.CONSUMER.INFO.NEWS.guest-cake-baked",
        "$JS.API.CONSUMER.MSG.NEXT.NEWS.guest-cake-baked",
        "$JS.API.CONSUMER.DELETE.NEWS.guest-cake-baked",
      ],
    },
    subscribe: { allow: ["_INBOX_shop.>"] },
  });
});

test("an integration hears the log, reads what is kept of it, and says nothing", () => {
  expect(integrationPermissions([ordered, baked, eaten])).toEqual({
    publish: {
      allow: ["$JS.API.STREAM.INFO.NEWS", "$JS.API.STREAM.MSG.GET.NEWS"],
      deny: [],
    },
    subscribe: { allow: ["cake.baked", "cake.eaten", "_INBOX.>"] },
  });
});
