/** Whoever may read is shown where a source comes from, not how kiln gets in there. */
export const withoutCredentials = (text: string) => {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.password === "" && (url.username === "" || url.protocol === "ssh:")) return text;
  url.username = "";
  url.password = "";
  return url.href;
};
