// Data URLs: a file's content inside of its URL.

/** The bytes of a `data:` URL, base64 or percent-encoded; undefined for what is none. */
export function readDataURL(url: string): Buffer | undefined {
  const comma = url.indexOf(",");
  if (comma < 0 || !/^data:/i.test(url)) return undefined;
  const body = url.slice(comma + 1);
  if (/;base64$/i.test(url.slice(0, comma))) return Buffer.from(body, "base64");
  try {
    return Buffer.from(decodeURIComponent(body));
  } catch {
    return Buffer.from(body); // not percent-encoded: taken as it stands
  }
}
