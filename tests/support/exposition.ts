/** Prometheus's text format 0.0.4 as series → value; refuses what is not of it. */
export const parseExposition = (text: string): ReadonlyMap<string, number> => {
  const declared = new Set<string>();
  const series = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, name] = /^# TYPE (\w+) (?:counter|gauge|histogram)$/.exec(line) ?? [];
    if (name !== undefined) declared.add(name);
    if (line === "" || /^# (HELP|TYPE) \w+ /.test(line)) continue;
    const [, key = "", value = ""] =
      /^([a-z_][a-z0-9_]*(?:\{\w+="[^"\\\n]*"(?:,\w+="[^"\\\n]*")*\})?) (\S+)$/.exec(line) ?? [];
    const family = key.replace(/\{.*/, "");
    const isDeclared =
      declared.has(family) || declared.has(family.replace(/_(bucket|sum|count)$/, ""));
    if (!isDeclared || Number.isNaN(Number(value)) || series.has(key))
      throw new Error(`not a series that was declared, or one told twice: ${line}`);
    series.set(key, Number(value));
  }
  return series;
};
