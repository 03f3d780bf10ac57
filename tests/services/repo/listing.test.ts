import { expect, test } from "vitest";
import { listingPage } from "../../../services/repo/listing.ts";

test("names are sorted, and escaped in links and text", () => {
  const page = listingPage("/x86_64", "x86_64/", ["b", `a<script>"&'`]);

  const links = [...page.matchAll(/<a .*?<\/a>/g)].map(([link]) => link);
  expect(links).toEqual([
    `<a href="x86_64/a%3Cscript%3E%22%26&#39;">a&#60;script&#62;&#34;&#38;&#39;</a>`,
    `<a href="x86_64/b">b</a>`,
  ]);
});
