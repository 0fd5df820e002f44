// What runs in the browser on the page of a shared session: it listens to the session and puts what
// changed, as HTML that the server made, in its place. Text of this file goes to the page as it is.

export const SHARE_SCRIPT = `"use strict";
const main = document.querySelector("main");
const notice = document.getElementById("notice");
const parse = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
};
const place = (parent, element) => {
  const after = [...parent.children].find((child) => child.id > element.id);
  parent.insertBefore(element, after ?? null);
};
const put = (parent, element) => {
  const old = document.getElementById(element.id);
  if (!old) return place(parent, element);
  if (old.open) element.open = true;
  if (old.matches("article")) element.children[1].replaceWith(old.children[1]);
  old.replaceWith(element);
};
const hear = ({ type, properties, html }) => {
  if (type === "server.connected") return properties.resumed === false && location.reload();
  const isPart = type.startsWith("message.part.");
  const owner = properties.part?.messageID;
  const parent = isPart ? document.getElementById(owner)?.children[1] : main;
  if (type.endsWith(".removed")) {
    return document.getElementById(properties.partID ?? properties.messageID)?.remove();
  }
  if (!html || !parent) return;
  const element = parse(html);
  if (type === "session.updated") return document.getElementById("head").replaceWith(element);
  put(parent, element);
};
const isAtEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - 80;
const end = () => {
  main.replaceChildren();
  document.getElementById("head").textContent = "";
  document.title = notice.textContent = "This session is no longer shared.";
};
let delay = 1000;
const listen = () => {
  const source = new EventSource(location.pathname + "?html=true&after=" + main.dataset.after);
  source.onopen = () => { delay = 1000; };
  source.onmessage = ({ data, lastEventId }) => {
    const follow = isAtEnd();
    if (lastEventId) main.dataset.after = lastEventId;
    hear(JSON.parse(data));
    if (follow) scrollTo(0, document.documentElement.scrollHeight);
  };
  source.onerror = async () => {
    if (source.readyState !== EventSource.CLOSED) return;
    const answer = await fetch(location.pathname, { method: "HEAD" }).catch(() => undefined);
    if (answer?.status === 404) return end();
    setTimeout(listen, (delay = Math.min(delay * 2, 60000)));
  };
};
if (main.dataset.after) listen();
`;
